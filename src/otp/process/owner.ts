import { AsyncLocalStorage } from 'node:async_hooks';
import type { ActorSystem } from './actor-system-types.js';
import type { Pid } from './pid.js';

/** The process in whose turn some code runs or was started. */
export interface Owner {
  readonly system: ActorSystem;
  readonly pid: Pid;
}

/**
 * Follows promises, timers and callbacks that a handler began, so that their faults can be blamed on the process; under
 * nact alone they end Node (docs/decisions/0035-nact-gives-turns-the-actor-system-is-ours.md). The run loop enters it once a
 * turn.
 */
export const owners = new AsyncLocalStorage<Owner>();
