import type { ServerContext } from '../actors/context.js';
import type { Observation } from '../actors/watching/observation.js';
import { Observer } from '../actors/watching/observer.js';
import { OBSERVER } from '../actors/watching/observer-messages.js';
import { cast, type ChildSpec } from '../otp/index.js';
import { supervisorSpec } from '../otp/index.js';
import { watchersSup } from './watchers-sup.js';
import { workerSpec } from '../otp/index.js';

/**
 * What a server does that only looks on: nobody in it has a broker, decides about hosts, or writes. Changes of the world
 * go to the observer alone.
 */
export function observeSup(context: ServerContext, seen: (observation: Observation) => void): ChildSpec {
  return supervisorSpec('observe_sup', { strategy: 'rest_for_one', intensity: 5, periodS: 10 }, () => [
    workerSpec('observer', () => new Observer({ ...context, seen })),
    watchersSup(context, () => cast(context.system, OBSERVER, { tag: 'changed' })),
  ]);
}
