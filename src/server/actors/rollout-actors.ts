import { Roller } from '../../actors/rollouts/roller.js';
import type { RollerNeeds } from '../../actors/rollouts/roller-needs.js';
import { RolloutKeeper } from '../../actors/rollouts/rollout-keeper.js';
import { agentConnections } from '../../broker/management/agent-connections.js';
import { guardsBroken } from '../../plan/assertions/guards-broken.js';
import type { RolloutsMakers } from '../../supervisors/rollouts-sup.js';
import { managementOf } from '../opening/create-management.js';
import type { ServerState } from '../state/server-state.js';

export function rolloutActors({ base, policy, delivery, fleet }: ServerState): RolloutsMakers {
  const { clock, config, store, alarms, metrics, log, events } = base;
  const { dialect, world, sets, groupSets, outputs, groups, rollers, foresight } = policy;
  const { link, reportsLink, outbox, gate } = delivery;
  const management = managementOf(config);
  // Shared by all rollers.
  const needs: RollerNeeds = {
    clock,
    config,
    store,
    alarms,
    metrics,
    log,
    events,
    dialect,
    world,
    sets,
    groupSets,
    outputs,
    groups,
    guardsBroken: (groupId, ruleset) => guardsBroken({ foresight, store }, groupId, ruleset),
    link,
    reportsLink,
    outbox,
    gate,
    guard: fleet.guard,
    connections: management === undefined ? undefined : agentConnections(management.api, management.vhost),
  };
  return {
    roller: (groupId) => new Roller(needs, groupId),
    keeper: () => new RolloutKeeper({ clock, world, outputs, rollers, alarms, metrics }),
  };
}
