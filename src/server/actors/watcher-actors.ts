import { OBSERVER } from '../../actors/watching/observer-messages.js';
import { Observer } from '../../actors/watching/observer.js';
import type { Observation } from '../../actors/watching/observation.js';
import { routeDirt } from '../../actors/watching/route-dirt.js';
import { Watcher, type Route } from '../../actors/watching/watcher.js';
import { cast } from '../../otp/index.js';
import type { ObserveMakers } from '../../supervisors/observe-sup.js';
import type { WatchersMakers } from '../../supervisors/watchers-sup.js';
import { WORLD_TABLES } from '../../world/world.js';
import type { ServerState } from '../state/server-state.js';
import { wholeContext } from '../state/whole-context.js';

/** One per table of the policy; what a change made stale goes to the actors that it concerns. */
export function watcherActors(state: ServerState, route: Route = routeDirt): WatchersMakers {
  const context = wholeContext(state);
  return Object.fromEntries(WORLD_TABLES.map((table) => [table, () => new Watcher(context, table, route)]));
}

/** A server that only looks on: changes of the world go to the observer alone. */
export function observeActors(state: ServerState, seen: (observation: Observation) => void): ObserveMakers {
  const context = wholeContext(state);
  return {
    observer: () => new Observer(context, seen),
    watchers: watcherActors(state, ({ system }) => cast(system, OBSERVER, { tag: 'changed' })),
  };
}
