import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kernel } from './kernel-api.js';
import type { Pid } from './pid.js';

/** The process in whose turn some code runs or was started. */
export interface Owner {
  readonly kernel: Kernel;
  readonly pid: Pid;
}

/**
 * Follows promises, timers and callbacks that a handler began, so that their faults can be blamed on the process; under
 * nact alone they end Node (docs/decisions/0035-nact-gives-turns-the-kernel-is-ours.md). The kernel enters it once a
 * turn.
 */
export const owners = new AsyncLocalStorage<Owner>();
