import type { Backoff } from './backoff.js';
import type { Address } from '../process/address.js';
import type { Pid } from '../process/pid.js';
import type { ExitReason } from '../process/reason.js';

export interface KeyedChildrenOptions {
  /** A simple_one_for_one supervisor whose children are temporary and started through this directory only. */
  readonly supervisor: Address;
  /** Arguments of the child spec's start function. Default: the key alone. */
  readonly args?: (key: string) => readonly unknown[];
  /** After crashes of one key. Default 100 ms doubling to 60 s. */
  readonly backoff?: Backoff;
  /** A child that lived that long, in milliseconds, starts with a clean slate. Default 60 s. */
  readonly resetAfterMs?: number;
  /** Messages that wait per key while its child can't run; the newest win. Default 100. */
  readonly queueLimit?: number;
  /** 0 to 1, for the jitter. Default Math.random. */
  readonly random?: () => number;
}

export interface KeyedCounts {
  readonly running: number;
  readonly starting: number;
  /** Keys that crashed and whose wait is not over. */
  readonly backingOff: number;
  /** Messages that wait for a child to start. */
  readonly queued: number;
  /** Messages dropped so far: pushed out by newer ones, or never deliverable. */
  readonly dropped: number;
}

export interface KeyInBackoff {
  readonly key: string;
  /** Crashes and failed starts in a row. */
  readonly failures: number;
  readonly lastError: ExitReason;
  /** Epoch milliseconds; from then on the next message starts the child. */
  readonly retryAt: number;
  readonly queued: number;
}

/**
 * One server per key, started by its first message, and after a crash by the next one, but not before a wait that doubles
 * with each crash (docs/decisions/0013-hosts-and-groups-spend-nobodys-restarts.md). A crash costs neither the
 * supervisor's restart budget nor any other key. Messages that come while a child can't run wait in a bounded queue in
 * which the newest win; those that a crashing child had in its mailbox are lost, as with any process. A child that ends
 * in order is simply started anew by the next message.
 */
export interface KeyedChildren<Cast, Call = never, Reply = unknown> {
  /** Casts to the key's server, starting it if need be. False: dropped, because there is no supervisor or it is full. */
  send(key: string, message: Cast): boolean;
  /** Calls it likewise. The time-out covers the start and a back-off too. Rejects with `CallFailed`. */
  call(key: string, request: Call, timeoutMs?: number): Promise<Reply>;
  /** The running server, if there is one; never starts it. */
  whereis(key: string): Pid | undefined;
  /** Ends the key's server in order and forgets the key, its queue and its failures. */
  stop(key: string): Promise<void>;
  /** Keys with a running server. */
  keys(): Iterable<string>;
  counts(): KeyedCounts;
  backingOff(): readonly KeyInBackoff[];
  /** Drops what waits and starts nothing any more. Also happens, until the next start, when the supervisor ends. */
  close(): void;
}
