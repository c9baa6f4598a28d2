import type { Pid } from './pid.js';
import type { DetailObject } from './published.js';
import type { ExitReason } from './reason.js';
import type { MailboxCounts } from './sys/mailbox-counts.js';
import type { SysEvent } from './sys/sys-event.js';

/** What was seen of a process in the moment of its crash; bodies of messages are never part of it. */
export interface CrashDetail {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Labels from the root supervisor down to the process, joined by `/`. */
  readonly path: string;
  /** Its parent, the parent's parent and so on. */
  readonly ancestors: readonly Pid[];
  /** At most 100. */
  readonly links: readonly Pid[];
  /** Kind of the message that it was handling, or had handled last; undefined: it had handled none. */
  readonly lastMessage: string | undefined;
  /** As the actor's `formatStatus` (else its `describe`) shows it. */
  readonly state: DetailObject;
  readonly mailbox: MailboxCounts;
  /** Messages handled. */
  readonly handled: number;
  readonly uptimeMs: number;
  /** The last ten events, oldest first; undefined where they were not kept. */
  readonly events: readonly SysEvent[] | undefined;
}

/** A process ended by its own fault (thrown error, abnormal stop, floating rejection), `queued` messages unhandled. */
export interface CrashReport {
  readonly kind: 'crash';
  readonly pid: Pid;
  readonly reason: ExitReason;
  readonly queued: number;
  readonly detail: CrashDetail;
}

/** The child that a supervisor's report is about (`offender` of OTP's reports, `started` of its progress reports). */
export interface Offender {
  readonly id: string;
  /** undefined: it has no process. */
  readonly pid: Pid | undefined;
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly shutdown: 'brutal_kill' | 'infinity' | number;
  readonly type: 'worker' | 'supervisor';
}

/** Something an operator may want to know. The actor system writes no log of its own: the sink decides level and format. */
export type Report =
  | CrashReport
  /** A handler of a process that is already dead failed later. Nobody else will ever see this error. */
  | { readonly kind: 'late_fault'; readonly pid: Pid; readonly error: unknown }
  /** A supervisor saw a child end that was not meant to, and acts by the child's restart type. */
  | {
      readonly kind: 'child_terminated';
      readonly supervisor: Pid;
      readonly child: Pid;
      readonly id: string;
      readonly reason: ExitReason;
      readonly offender: Offender;
    }
  /** Progress: a child runs. */
  | {
      readonly kind: 'child_started';
      readonly supervisor: Pid;
      readonly child: Pid;
      readonly id: string;
      readonly offender: Offender;
    }
  /** A child refused to start. `error` is what its start function gave. */
  | {
      readonly kind: 'start_error';
      readonly supervisor: Pid;
      readonly id: string;
      readonly error: unknown;
      readonly offender: Offender;
    }
  /** A child that was told to stop ended for another reason; orderly ones of children that are not permanent are fine. */
  | {
      readonly kind: 'shutdown_error';
      readonly supervisor: Pid;
      readonly child: Pid;
      readonly id: string;
      readonly reason: ExitReason;
      readonly offender: Offender;
    }
  /** More restarts than the supervisor's budget: it ends with `shutdown`. */
  | {
      readonly kind: 'intensity_reached';
      readonly supervisor: Pid;
      readonly id: string;
      readonly intensity: number;
      readonly periodS: number;
      readonly offender: Offender;
    }
  /** A bounded mailbox is full: newest messages are dropped. Reported once per burst; `dropped` counts since the start. */
  | { readonly kind: 'overflow'; readonly pid: Pid; readonly maxQueue: number; readonly dropped: number }
  /** A mailbox has grown to the high mark (`longMailbox` of the actor system). */
  | { readonly kind: 'mailbox_long'; readonly pid: Pid; readonly length: number }
  /** One that was long has fallen to the low mark, or its process has ended. */
  | { readonly kind: 'mailbox_short'; readonly pid: Pid; readonly length: number }
  /** It handles no messages now; `resumesAt` (epoch milliseconds): it goes on then by itself. */
  | { readonly kind: 'suspended'; readonly pid: Pid; readonly resumesAt: number | undefined }
  /** It goes on: told to, or because its time was over. */
  | { readonly kind: 'resumed'; readonly pid: Pid; readonly why: 'told' | 'time' }
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
