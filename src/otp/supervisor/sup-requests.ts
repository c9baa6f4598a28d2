import type { AnyChildSpec, CheckedSpec, SupFlags } from './child-spec.js';
import type { Pid } from '../process/pid.js';
import type { ChildCounts, ChildView } from '../process/published.js';

/** What a supervisor's init callback gives. Under simple_one_for_one, exactly one spec. */
export interface SupInit {
  readonly flags?: SupFlags;
  readonly children: readonly AnyChildSpec[];
}

export type InitCallback = () => SupInit | 'ignore' | Promise<SupInit | 'ignore'>;

/** A child started: its process, or undefined if it said `ignore`. */
export type ChildStarted = { readonly ok: Pid | undefined; readonly info?: unknown } | { readonly error: unknown };

/** Requests to a supervisor; see supervisor.ts for what each does. */
export type SupCall =
  | { readonly tag: 'start_child'; readonly spec: unknown }
  | { readonly tag: 'start_dynamic'; readonly args: readonly unknown[] }
  | { readonly tag: 'restart_child'; readonly id: string }
  | { readonly tag: 'restart_running'; readonly id: string | Pid }
  | { readonly tag: 'terminate_child'; readonly id: string | Pid }
  | { readonly tag: 'delete_child'; readonly id: string }
  | { readonly tag: 'which_children' }
  | { readonly tag: 'count_children' }
  | { readonly tag: 'get_childspec'; readonly id: string | Pid };

export type SupReply =
  ChildStarted | { readonly ok: true } | readonly ChildView[] | ChildCounts | CheckedSpec | { readonly error: unknown };
