import type { DetailObject } from '../published.js';
import type { Name, Pid } from '../pid.js';
import type { MailboxCounts } from './mailbox-counts.js';
import type { SysEvent } from './sys-event.js';
import type { Statistics } from './statistics.js';
import type { Trace, TraceListener } from './trace.js';

/** How a request that must wait for its process (suspend, resume, replaceState) is waited for. */
export interface SysWait {
  /** Milliseconds until the request is withdrawn and rejects with `CallFailed`, `timeout`. Default 5000. */
  readonly timeoutMs?: number;
}

export interface SuspendOptions extends SysWait {
  /** The process goes on by itself after that many milliseconds. Default: never. */
  readonly resumeAfterMs?: number;
}

/** A process that handles no messages until it is resumed. Times are epoch milliseconds. */
export interface Suspension {
  readonly pid: Pid;
  readonly since: number;
  /** When it goes on by itself; undefined: only when it is told to. */
  readonly resumesAt: number | undefined;
}

/** A process whose mailbox has grown over the high mark and has not yet fallen to the low one. */
export interface LongMailbox {
  readonly pid: Pid;
  /** Messages that wait now. */
  readonly length: number;
  /** Epoch milliseconds: when it crossed the high mark. */
  readonly since: number;
}

/** What can be seen of a process from outside, whole. Times are epoch milliseconds, spans milliseconds. */
export interface ProcessStatus {
  readonly pid: Pid;
  readonly names: readonly Name[];
  /** `suspended`: it handles no messages; otherwise as in `ProcessInfo`. */
  readonly status: 'running' | 'runnable' | 'waiting' | 'suspended';
  readonly suspension: Suspension | undefined;
  /** Labels from the root supervisor down to this process, joined by `/`: as `tree` shows it. */
  readonly path: string;
  /** Its parent, the parent's parent and so on. */
  readonly ancestors: readonly Pid[];
  readonly links: readonly Pid[];
  readonly mailbox: MailboxCounts;
  readonly handled: number;
  readonly dropped: number;
  readonly startedAt: number;
  readonly uptimeMs: number;
  /** Since when its asynchronous handler has been under way; 0: none is. */
  readonly busyMs: number;
  /** Kind of the message that it handles now, or handled last; undefined: none yet. */
  readonly lastMessage: string | undefined;
  /** Redacted by the actor's own `formatStatus`; else what it `describe`s. */
  readonly state: DetailObject;
  /** undefined: not switched on. */
  readonly statistics: Statistics | undefined;
  /** The last ten events, oldest first; undefined: not switched on. */
  readonly events: readonly SysEvent[] | undefined;
}

/**
 * Looking into a running process and holding it for a moment, after OTP's sys
 * (https://www.erlang.org/doc/apps/stdlib/sys.html). What only reads (state, status, statistics, events) is answered at
 * once, whatever the process does. What changes the process waits for the handler under way, and then comes before all
 * messages that wait. What is not asked for costs nothing. A process that is dead reads as undefined or false.
 */
export interface Sys {
  /**
   * Resolves when the process has finished what it was at; from then on it handles no message until `resume`. Its mail
   * waits, and so do its timers. It still ends by exit signals and kills, and when its supervisor or `stopGenServer` stops
   * it. One that is suspended already stays so; `resumeAfterMs` then counts anew.
   * @throws CallFailed `timeout` (it will not be suspended later), `noproc`, or why it ended first
   */
  suspend(pid: Pid, options?: SuspendOptions): Promise<void>;
  /** One that is not suspended just goes on. @throws CallFailed as `suspend` */
  resume(pid: Pid, wait?: SysWait): Promise<void>;
  /** Every process that is suspended now. */
  suspended(): readonly Suspension[];
  /** The state as the actor's `formatStatus` lets it be seen; without one, what it `describe`s; `{}` without either. */
  getState(pid: Pid): DetailObject | undefined;
  /**
   * Hands `state` to the actor's `replaceState`, between two messages. For development.
   * @throws SysRefused where the system was made without `allowReplaceState`, or the actor has no `replaceState`
   * @throws CallFailed as `suspend`; what the actor's `replaceState` throws, which does not end it
   */
  replaceState(pid: Pid, state: unknown, wait?: SysWait): Promise<void>;
  getStatus(pid: Pid): ProcessStatus | undefined;
  /** Counts from now on, from 0; `false` stops and forgets. */
  setStatistics(pid: Pid, on: boolean): boolean;
  /** undefined while they are not counted. */
  statistics(pid: Pid): Statistics | undefined;
  /** Keeps the last ten events from now on; `false` stops and forgets. */
  setEvents(pid: Pid, on: boolean): boolean;
  /** Oldest first; undefined while they are not kept. */
  events(pid: Pid): readonly SysEvent[] | undefined;
  /**
   * Tells `listener` of all that the process handles, in batches and outside of the process's turns. At most `limit`
   * (default 1000) events wait for the listener; more are dropped and counted. The last event is the process's end.
   */
  trace(pid: Pid, listener: TraceListener, options?: { readonly limit?: number }): Trace | undefined;
  /** Processes whose mailbox is long now: plain state, nothing is searched. */
  longMailboxes(): readonly LongMailbox[];
}

/** What was asked is not offered here; asking again will not help. */
export class SysRefused extends Error {
  override readonly name = 'SysRefused';
}
