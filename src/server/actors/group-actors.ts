import { GroupActor, type GroupActorNeeds } from '../../actors/groups/group-actor.js';
import type { MakeByKey } from '../../supervisors/make.js';
import type { ServerState } from '../state/server-state.js';

export function groupActors({ base, policy, delivery, fleet }: ServerState): { readonly group: MakeByKey } {
  const { clock, config, store, alerts, metrics, log, events } = base;
  const { dialect, world, sets, groupSets, outputs, compiles, slices, loads, rollers } = policy;
  const { gate, notes } = delivery;
  const { guard } = fleet;
  // Shared by all groups.
  const needs: GroupActorNeeds = {
    clock,
    config,
    store,
    metrics,
    log,
    alerts,
    events,
    dialect,
    world,
    sets,
    groupSets,
    outputs,
    compiles,
    slices,
    loads,
    rollers,
    gate,
    notes,
    guard,
  };
  return { group: (id) => new GroupActor(needs, id) };
}
