import type { Pid } from './pid.js';
import type { ExitReason } from './reason.js';

/** Something an operator may want to know. The actor system writes no log of its own: the sink decides level and format. */
export type Report =
  /** A process ended by its own fault (thrown error, abnormal stop, floating rejection), `queued` messages unhandled. */
  | { readonly kind: 'crash'; readonly pid: Pid; readonly reason: ExitReason; readonly queued: number }
  /** A handler of a process that is already dead failed later. Nobody else will ever see this error. */
  | { readonly kind: 'late_fault'; readonly pid: Pid; readonly error: unknown }
  /** A supervisor saw a child end that was not meant to, and acts by the child's restart type. */
  | {
      readonly kind: 'child_terminated';
      readonly supervisor: Pid;
      readonly child: Pid;
      readonly id: string;
      readonly reason: ExitReason;
    }
  | { readonly kind: 'child_started'; readonly supervisor: Pid; readonly child: Pid; readonly id: string }
  /** A child refused to start. `error` is what its start function gave. */
  | { readonly kind: 'start_error'; readonly supervisor: Pid; readonly id: string; readonly error: unknown }
  /** A child that was told to stop ended for another reason; orderly ones of children that are not permanent are fine. */
  | {
      readonly kind: 'shutdown_error';
      readonly supervisor: Pid;
      readonly child: Pid;
      readonly id: string;
      readonly reason: ExitReason;
    }
  /** More restarts than the supervisor's budget: it ends with `shutdown`. */
  | {
      readonly kind: 'intensity_reached';
      readonly supervisor: Pid;
      readonly id: string;
      readonly intensity: number;
      readonly periodS: number;
    }
  /** A bounded mailbox is full: newest messages are dropped. Reported once per burst; `dropped` counts since the start. */
  | { readonly kind: 'overflow'; readonly pid: Pid; readonly maxQueue: number; readonly dropped: number }
  /** A message that the process has no handler for; it was ignored. */
  | { readonly kind: 'unexpected_message'; readonly pid: Pid; readonly tag: string }
  /** An error that belongs to no process: the application stops in order with exit code 1. */
  | { readonly kind: 'unowned_fault'; readonly error: unknown }
  /** A callback given to the actor system (monitor, describe, report sink) threw; it was called from `where`. */
  | { readonly kind: 'callback_fault'; readonly where: string; readonly error: unknown }
  | { readonly kind: 'application_started'; readonly name: string; readonly root: Pid }
  | { readonly kind: 'application_stopping'; readonly name: string; readonly why: string }
  /** `left`: processes that had to be abandoned; empty after an orderly stop. */
  | {
      readonly kind: 'application_stopped';
      readonly name: string;
      readonly code: number;
      readonly left: readonly string[];
    };

/** Where reports go. May not throw; if it does, the error is dropped, as there is nowhere left to tell it. */
export type ReportSink = (report: Report) => void;
