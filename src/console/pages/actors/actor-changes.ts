import type { ActorEvent } from '../../../events/actor-event.js';

/** Events after which lists of actors are others. */
export const ACTOR_CHANGES: readonly ActorEvent['kind'][] = [
  'started',
  'restarted',
  'crashed',
  'stopped',
  'gave_up',
  'suspended',
  'resumed',
];

/** Figures change without events; so often they are asked for, in milliseconds. */
export const REFRESH_MS = 3000;
