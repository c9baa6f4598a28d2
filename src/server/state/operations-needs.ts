import type { LeadingNeeds } from '../../operations/leading-operations.js';
import type { ObservingNeeds } from '../../operations/observing-operations.js';
import type { ServerState } from './server-state.js';

/** What the operations of a server that only looks on are told from. */
export function observingNeeds({ base, policy, delivery, fleet }: ServerState): ObservingNeeds {
  const { system, config, log, store, alarms } = base;
  const { dialect, world, sets, outputs } = policy;
  const { broker, link, reportsLink, outbox, gate, confirmedSets } = delivery;
  const { guard, drift } = fleet;
  return {
    system,
    config,
    log,
    store,
    alarms,
    dialect,
    world,
    sets,
    outputs,
    broker,
    link,
    reportsLink,
    outbox,
    gate,
    confirmedSets,
    guard,
    drift,
  };
}

/** The same of a server that does the work. */
export function leadingNeeds(state: ServerState): LeadingNeeds {
  const { actorEvents, config } = state.base;
  const { refused } = state.fleet;
  return { ...observingNeeds(state), config, refused, groups: state.policy.groups, actorEvents };
}
