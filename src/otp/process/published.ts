import type { Pid } from './pid.js';
import type { ExitReason } from './reason.js';

/** A JSON value, as the introspection endpoint shows it. */
export type Detail = null | boolean | number | string | readonly Detail[] | { readonly [key: string]: Detail };
export type DetailObject = { readonly [key: string]: Detail };

/** What a supervisor lets others read about its children, at any time and without a message. */
export interface SupervisorView {
  readonly strategy: string;
  readonly intensity: number;
  readonly periodS: number;
  /** Restart type of the dynamic children of simple_one_for_one; undefined otherwise. */
  readonly restart: 'permanent' | 'transient' | 'temporary' | undefined;
  /** Restart attempts that count against the intensity now. */
  restartsUsed(): number;
  counts(): ChildCounts;
  /** Rows in start order. */
  rows(offset: number, limit: number): readonly ChildView[];
}

/** OTP's count_children. */
export interface ChildCounts {
  readonly specs: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

/** One row of a supervisor's table. */
export interface ChildView {
  /** undefined for dynamic children (https://www.erlang.org/doc/apps/stdlib/supervisor.html#which_children/1). */
  readonly id: string | undefined;
  readonly child: Pid | 'restarting' | undefined;
  readonly type: 'worker' | 'supervisor';
  /** How often this child was started again after it had ended by itself. */
  readonly restarts: number;
  readonly lastCrash: Crash | undefined;
}

/** When (epoch milliseconds) and why a child ended abnormally. */
export interface Crash {
  readonly at: number;
  readonly reason: ExitReason;
}

/** What a process lets be read about itself without a turn; set with `self.publish`. */
export interface Published {
  /** Called synchronously at any time, also while a handler is under way; should not throw (if it does, that is shown). */
  readonly describe?: () => DetailObject;
  readonly supervisor?: SupervisorView;
}
