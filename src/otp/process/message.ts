import type { Pid } from './pid.js';
import type { ExitReason } from './reason.js';

/** Messages are shared, not copied: treat them as read-only once sent. Tags that start with `$` are the library's own. */
export interface Message {
  readonly tag: string;
}

/** A linked process ended, or `from` sent an exit signal. Only processes that trap exits get this. */
export interface ExitMsg extends Message {
  readonly tag: 'EXIT';
  readonly from: Pid;
  readonly reason: ExitReason;
}

/** A monitored process ended; exactly one per monitor. `noproc`: it did not exist when the monitor was set. */
export interface DownMsg extends Message {
  readonly tag: 'DOWN';
  readonly ref: MonitorRef;
  readonly pid: Pid;
  readonly reason: ExitReason;
}

/** Who is told of an end without being a process: a function, or, for one who watches many, an object in place of one each. */
export type Watcher = ((down: DownMsg) => void) | { ended(down: DownMsg): void };

/** Handle of a monitor; only good for `demonitor`. */
export interface MonitorRef {
  readonly target: Pid;
}

/** Handle of a timer of one process; only good for `cancel`. */
export interface TimerRef {
  readonly message: Message;
}
