import { OBSERVER } from '../../actors/watching/observer-messages.js';
import { Observer } from '../../actors/watching/observer.js';
import type { Observation } from '../../actors/watching/observation.js';
import { routeDirt, type RouteDirtNeeds } from '../../actors/watching/route-dirt.js';
import { StaleGroups } from '../../actors/watching/stale-groups.js';
import { Watcher, type WatcherNeeds } from '../../actors/watching/watcher.js';
import { cast } from '../../otp/index.js';
import type { ObserveMakers } from '../../supervisors/observe-sup.js';
import type { WatchersMakers } from '../../supervisors/watchers-sup.js';
import { WORLD_TABLES } from '../../world/world.js';
import type { ServerState } from '../state/server-state.js';

/** Of a server that does the work: what a change made stale goes to the actors that it concerns. */
export function watcherActors(state: ServerState): WatchersMakers {
  const { system, alarms } = state.base;
  const { world, groups, slices } = state.policy;
  const concerned: RouteDirtNeeds = {
    system,
    alarms,
    world,
    groups,
    staleGroups: new StaleGroups({ groups, slices }),
    hosts: state.fleet.hosts,
    links: state.linked.links,
  };
  return watchers(state, (dirt) => routeDirt(concerned, dirt));
}

/** Of a server that only looks on: changes of the world go to the observer alone. */
export function observeActors(state: ServerState, seen: (observation: Observation) => void): ObserveMakers {
  const { system, clock, config, log } = state.base;
  const { dialect, world, sets, slices } = state.policy;
  return {
    observer: () => new Observer({ clock, config, log, dialect, world, sets, slices, seen }),
    watchers: watchers(state, () => cast(system, OBSERVER, { tag: 'changed' })),
  };
}

/** One per table of the policy. */
function watchers({ base, policy }: ServerState, route: WatcherNeeds['route']): WatchersMakers {
  const { clock, store, log, metrics } = base;
  const needs: WatcherNeeds = { clock, store, log, metrics, world: policy.world, route };
  return Object.fromEntries(WORLD_TABLES.map((table) => [table, () => new Watcher(needs, table)]));
}
