import { agentConnections } from '../../broker/management/agent-connections.js';
import { agentQueues } from '../../broker/management/agent-queues.js';
import type { LeadingNeeds } from '../../operations/leading-operations.js';
import type { ObservingNeeds } from '../../operations/observing-operations.js';
import { managementOf } from '../opening/create-management.js';
import type { ServerState } from './server-state.js';

/** What the operations of a server that only looks on are told from. */
export function observingNeeds({ base, policy, delivery, fleet, linked }: ServerState): ObservingNeeds {
  const { system, config, log, store, alarms, metrics, traces } = base;
  const { dialect, world, sets, groupSets, outputs, foresight, compiles } = policy;
  const { broker, link, reportsLink, outbox, journal, gate, queue, confirmedSets } = delivery;
  const { guard, drift, convergence } = fleet;
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
    journal,
    gate,
    queue,
    confirmedSets,
    guard,
    drift,
    convergence,
    book: linked.book,
  };
}

/** The same of a server that does the work. */
export function leadingNeeds(state: ServerState): LeadingNeeds {
  const { actorEvents, config } = state.base;
  const management = managementOf(config);
  return {
    ...observingNeeds(state),
    config,
    actorEvents,
    refused: state.fleet.refused,
    refusedMessages: state.fleet.refusedMessages,
    groups: state.policy.groups,
    rollers: state.policy.rollers,
    links: state.linked.links,
    hosts: state.fleet.hosts,
    management: management && {
      connections: agentConnections(management.api, management.vhost),
      queues: agentQueues(management.api, management.vhost),
    },
  };
}
