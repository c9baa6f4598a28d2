import type { ActorSystem } from '../process/actor-system-types.js';
import type { Address } from '../process/address.js';
import { formatReason } from '../process/reason.js';
import type { ChildSpec } from './child-spec.js';
import { restartChild, startChild } from './supervisor.js';

/**
 * Adds a child to a supervisor that runs, as its last one; nothing happens when it is there already.
 * Not to be waited for by a child of that supervisor in its own turn: the supervisor may be waiting for the child.
 * @throws Error when the child does not start
 */
export async function startLate(system: ActorSystem, supervisor: Address, spec: ChildSpec): Promise<void> {
  let started = await startChild(system, supervisor, spec);
  if (isError(started) && started.error === 'already_present')
    started = await restartChild(system, supervisor, spec.id);
  if (!isError(started) || isRunning(started.error)) return;
  throw new Error(`${spec.id} did not start: ${formatReason({ term: started.error })}`, { cause: started.error });
}

function isError(result: unknown): result is { readonly error: unknown } {
  return typeof result === 'object' && result !== null && 'error' in result;
}

function isRunning(error: unknown): boolean {
  return (
    error === 'running' ||
    error === 'restarting' ||
    (typeof error === 'object' && error !== null && 'already_started' in error)
  );
}
