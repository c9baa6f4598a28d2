import type { TimerHandle } from '../clock.js';
import type { Message } from '../message.js';
import type { ExitReason } from '../reason.js';
import type { Observer } from './observer.js';

/** A request that waits for its process to be between two messages. */
export interface SysRequest {
  run(): void;
  /** The process ended first. */
  fail(reason: ExitReason): void;
}

/**
 * The control lane of one process, and what else `sys` keeps of it. Only those that `sys` has to do with just now have
 * one; for all others the whole of `sys` costs one look at an absent field for each message.
 */
export class Oversight {
  readonly requests: SysRequest[] = [];
  /** Epoch milliseconds since when it is suspended. */
  suspendedSince: number | undefined = undefined;
  resumesAt: number | undefined = undefined;
  resumeTimer: TimerHandle | undefined = undefined;
  /** Orders to end that came while it is suspended: they are obeyed. */
  orders: Message[] = [];
  observer: Observer | undefined = undefined;

  get suspended(): boolean {
    return this.suspendedSince !== undefined;
  }

  /** Nothing is left to keep. */
  get idle(): boolean {
    return this.requests.length === 0 && !this.suspended && this.observer === undefined;
  }

  /** Whether a turn would do anything, with so many messages in the mailbox. */
  hasWork(mailbox: number): boolean {
    if (this.requests.length > 0) return true;
    return this.suspended ? this.orders.length > 0 : mailbox > 0;
  }
}
