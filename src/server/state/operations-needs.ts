import type { LeadingNeeds } from '../../operations/leading-operations.js';
import type { ObservingNeeds } from '../../operations/observing-operations.js';
import type { ServerState } from './server-state.js';

/** What the operations of a server that only looks on are told from. */
export function observingNeeds({ base, policy, delivery, fleet, linked }: ServerState): ObservingNeeds {
  const { system, config, log, store, alarms, metrics, traces } = base;
  const { dialect, world, sets, groupSets, outputs, foresight, compiles } = policy;
  const { broker, link, reportsLink, outbox, gate, confirmedSets } = delivery;
  const { guard, drift } = fleet;
  return {
    system,
    config,
    log,
    store,
    alarms,
    metrics,
    traces,
    dialect,
    world,
    sets,
    groupSets,
    outputs,
    foresight,
    compiles,
    broker,
    link,
    reportsLink,
    outbox,
    gate,
    confirmedSets,
    guard,
    drift,
    book: linked.book,
  };
}

/** The same of a server that does the work. */
export function leadingNeeds(state: ServerState): LeadingNeeds {
  const { actorEvents, config } = state.base;
  return {
    ...observingNeeds(state),
    config,
    actorEvents,
    refused: state.fleet.refused,
    refusedMessages: state.fleet.refusedMessages,
    groups: state.policy.groups,
    rollers: state.policy.rollers,
    links: state.linked.links,
  };
}
