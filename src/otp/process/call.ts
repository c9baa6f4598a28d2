import type { TimerHandle } from './clock.js';
import type { DownMsg, Message, MonitorRef } from './message.js';
import type { ActorSystem } from './actor-system-types.js';
import { Pid } from './pid.js';
import { formatReason } from './reason.js';
import type { ExitReason } from './reason.js';
import type { Address, ServerAddress, Untyped } from './address.js';

/** Milliseconds, as in OTP. */
export const CALL_TIMEOUT_MS = 5000;

/** Why a call got no reply: the callee's end, no answer in time, a full mailbox, or no handler for calls. */
export type CallFailure = ExitReason | 'timeout' | 'overloaded' | 'not_handled';

/** What a call rejects with. `reason` is the callee's exit reason if it died. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly to: Address;
  readonly reason: CallFailure;

  constructor(to: Address, reason: CallFailure) {
    const why = reason === 'timeout' || reason === 'overloaded' || reason === 'not_handled' ? reason : undefined;
    super(`call to ${to instanceof Pid ? String(to) : `"${to}"`}: ${why ?? formatReason(reason as ExitReason)}`);
    this.to = to;
    this.reason = reason;
  }
}

/** Where a reply goes. Kept by a handler that answers `NO_REPLY` and replies later, from anywhere. */
export interface From<Reply> {
  /** The first reply counts; later ones, and those after the caller gave up, are dropped. */
  reply(value: Reply): void;
}

export const CALL_TAG = '$call';
export const CAST_TAG = '$cast';

/** The envelope of a call. */
export class CallMsg implements Message {
  readonly tag = CALL_TAG;
  readonly request: unknown;
  readonly from: PendingCall;

  constructor(request: unknown, from: PendingCall) {
    this.request = request;
    this.from = from;
  }
}

/** The envelope of a cast. */
export class CastMsg implements Message {
  readonly tag = CAST_TAG;
  readonly body: unknown;

  constructor(body: unknown) {
    this.body = body;
  }
}

/** One call under way: settles once, by the reply, the callee's death or the time-out, whichever is first. */
export class PendingCall implements From<unknown> {
  readonly #system: ActorSystem;
  readonly #to: Address;
  #resolve: ((value: unknown) => void) | undefined;
  #reject: (error: CallFailed) => void;
  monitor: MonitorRef | undefined = undefined;
  timer: TimerHandle | undefined = undefined;

  constructor(
    system: ActorSystem,
    to: Address,
    resolve: (value: unknown) => void,
    reject: (error: CallFailed) => void,
  ) {
    this.#system = system;
    this.#to = to;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  reply(value: unknown): void {
    this.#settle()?.(value);
  }

  fail(reason: CallFailure): void {
    if (this.#settle() !== undefined) this.#reject(new CallFailed(this.#to, reason));
  }

  #settle(): ((value: unknown) => void) | undefined {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    if (this.monitor !== undefined) this.#system.demonitor(this.monitor);
    if (this.timer !== undefined) this.#system.clock.clearTimer(this.timer);
    this.monitor = this.timer = undefined;
    return resolve;
  }
}

/**
 * Asks a server and waits for its reply. Rejects with `CallFailed`: at once when there is no such process, when it dies
 * before it replied, or when its mailbox is full; `timeout` after `timeoutMs` (default 5000, Infinity is fine). After a
 * time-out the request may still be handled; its reply is dropped.
 */
export function call<Call, Reply, Cast>(
  system: ActorSystem,
  to: ServerAddress<Call, Reply, Cast>,
  request: NoInfer<Call>,
  timeoutMs?: number,
): Promise<Reply>;
export function call<Reply = unknown>(
  system: ActorSystem,
  to: Untyped,
  request: unknown,
  timeoutMs?: number,
): Promise<Reply>;
export function call(
  system: ActorSystem,
  to: Address,
  request: unknown,
  timeoutMs: number = CALL_TIMEOUT_MS,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const pending = new PendingCall(system, to, resolve, reject);
    const pid = system.whereis(to);
    if (pid === undefined) return pending.fail('noproc');
    if (!system.send(pid, new CallMsg(request, pending))) {
      return pending.fail(system.isAlive(pid) ? 'overloaded' : 'noproc');
    }
    pending.monitor = system.monitor((down: DownMsg) => pending.fail(down.reason), pid);
    if (timeoutMs !== Infinity) pending.timer = system.clock.setTimer(timeoutMs, () => pending.fail('timeout'));
  });
}

/** Tells a server something; false if there is no such process or its mailbox is full. */
export function cast<Call, Reply, Cast>(
  system: ActorSystem,
  to: ServerAddress<Call, Reply, Cast>,
  message: NoInfer<Cast>,
): boolean;
export function cast(system: ActorSystem, to: Untyped, message: unknown): boolean;
export function cast(system: ActorSystem, to: Address, message: unknown): boolean {
  return system.send(to, new CastMsg(message));
}
