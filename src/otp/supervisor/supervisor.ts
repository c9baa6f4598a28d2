import { call } from '../process/call.js';
import type { AnyChildSpec, CheckedSpec } from './child-spec.js';
import { startGenServer } from '../gen-server/gen-server.js';
import type { ChildCounts, ChildView } from '../process/published.js';
import type { ActorSystem } from '../process/actor-system-types.js';
import type { Name, Pid } from '../process/pid.js';
import type { Address, Untyped } from '../process/address.js';
import type { StartResult } from '../gen-server/start-result.js';
import { SupervisorServer } from './supervisor-server.js';
import type { ChildStarted, InitCallback, SupCall } from './sup-requests.js';

export type { ChildStarted, InitCallback, SupInit } from './sup-requests.js';

export interface SupervisorOptions {
  readonly parent?: Pid;
  readonly name?: Name;
  /** Shown in the tree. Default: the name, else `supervisor`. */
  readonly label?: string;
  /** Milliseconds for the start of all children together. Default: no limit, as each child has its own. */
  readonly initTimeoutMs?: number;
}

/**
 * Starts a supervisor and its static children, in order, each after the one before has finished its `init`. If one
 * refuses, those before it are stopped in reverse and the result is
 * `{error: {shutdown: {failed_to_start_child: id, reason}}}`. Other errors: `{supervisor_data: FlagError}`,
 * `{start_spec: SpecError}`, `{bad_start_spec}`, `{bad_return}`, and `{error}` when `init` threw.
 */
export function startSupervisor(
  system: ActorSystem,
  init: InitCallback,
  options: SupervisorOptions = {},
): Promise<StartResult> {
  const label = options.label ?? options.name ?? 'supervisor';
  return startGenServer(system, new SupervisorServer(init), {
    initTimeoutMs: Infinity,
    ...options,
    label,
    trapExit: true,
  });
}

/** Done, or why not: `not_found`, `running`, `restarting`, `simple_one_for_one`. */
export type ChildDone = { readonly ok: true } | { readonly error: unknown };

// As in OTP there is no time-out: the supervisor may be busy stopping a slow child, and the request will be done anyway.
function ask<Reply>(system: ActorSystem, supervisor: Address, request: SupCall): Promise<Reply> {
  return call<Reply>(system, supervisor as Untyped, request, Infinity);
}

/** Adds a static child and starts it. Errors: a `SpecError`, `{already_started}`, `already_present`, or the start's own. */
export function startChild(system: ActorSystem, supervisor: Address, spec: AnyChildSpec): Promise<ChildStarted> {
  return ask(system, supervisor, { tag: 'start_child', spec });
}

/** Starts a child of a simple_one_for_one supervisor with these arguments. */
export function startDynamicChild(
  system: ActorSystem,
  supervisor: Address,
  args: readonly unknown[],
): Promise<ChildStarted> {
  return ask(system, supervisor, { tag: 'start_dynamic', args });
}

/** Starts a stopped child again, by hand: does not count against the intensity. */
export function restartChild(system: ActorSystem, supervisor: Address, id: string): Promise<ChildStarted> {
  return ask(system, supervisor, { tag: 'restart_child', id });
}

/**
 * Stops a child and those that rest on it by the supervisor's strategy (`dependentsOf`), and starts them again, in one
 * step of the supervisor: as if the child had ended by itself, but it does not count against the intensity. What does
 * not start is tried again, which does. Dynamic children by Pid; temporary ones give the error `temporary`.
 */
export function restartRunningChild(system: ActorSystem, supervisor: Address, id: string | Pid): Promise<ChildStarted> {
  return ask(system, supervisor, { tag: 'restart_running', id });
}

/** Stops a child and waits for its end. Static: by id, the spec stays unless temporary. Dynamic: by Pid. */
export function terminateChild(system: ActorSystem, supervisor: Address, id: string | Pid): Promise<ChildDone> {
  return ask(system, supervisor, { tag: 'terminate_child', id });
}

/** Forgets the spec of a stopped child. */
export function deleteChild(system: ActorSystem, supervisor: Address, id: string): Promise<ChildDone> {
  return ask(system, supervisor, { tag: 'delete_child', id });
}

/** All rows, newest first. */
export function whichChildren(system: ActorSystem, supervisor: Address): Promise<readonly ChildView[]> {
  return ask(system, supervisor, { tag: 'which_children' });
}

export function countChildren(system: ActorSystem, supervisor: Address): Promise<ChildCounts> {
  return ask(system, supervisor, { tag: 'count_children' });
}

/** The spec with its defaults filled in. */
export function getChildspec(
  system: ActorSystem,
  supervisor: Address,
  id: string | Pid,
): Promise<CheckedSpec | { readonly error: unknown }> {
  return ask(system, supervisor, { tag: 'get_childspec', id });
}
