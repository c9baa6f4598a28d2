import { AgentGuard } from '../../actors/guard/agent-guard.js';
import { Census } from '../../actors/hosts/census.js';
import { HostActor, type HostActorNeeds } from '../../actors/hosts/host-actor.js';
import { ReadBack } from '../../actors/hosts/read-back.js';
import { Intake } from '../../actors/intake/intake.js';
import type { IntakeMakers } from '../../supervisors/intake-sup.js';
import type { Make, MakeByKey } from '../../supervisors/make.js';
import type { ServerState } from '../state/server-state.js';

/** Hosts, who looks after them, and who takes their reports. */
export interface HostMakers extends IntakeMakers {
  readonly host: MakeByKey;
  readonly census: Make;
  readonly readBack: Make;
  readonly agentGuard: Make;
}

export function hostActors({ base, policy, delivery, fleet }: ServerState): HostMakers {
  const { clock, config, store, alarms, alerts, metrics, log, events } = base;
  const { dialect, world, sets, groupSets, outputs, groups } = policy;
  const { reportsLink, outbox, gate, confirmedSets, notes } = delivery;
  const { guard, refused, deadLetters, drift, convergence, repairs, registrations, hostRoom, hosts } = fleet;
  // Shared by all hosts.
  const hostNeeds: HostActorNeeds = {
    clock,
    config,
    store,
    notes,
    metrics,
    log,
    alerts,
    events,
    dialect,
    world,
    sets,
    groupSets,
    outputs,
    outbox,
    gate,
    confirmedSets,
    guard,
    refused,
    drift,
    convergence,
    repairs,
    registrations,
    hostRoom,
  };
  return {
    host: (hostkey) => new HostActor(hostNeeds, hostkey),
    census: () =>
      new Census({ clock, config, store, alarms, metrics, log, world, outputs, guard, hostRoom, hosts, groups }),
    readBack: () => new ReadBack({ clock, config, metrics, log, world, outputs, hosts }),
    agentGuard: () => new AgentGuard({ config, log, guard }),
    intake: () => new Intake({ clock, config, metrics, log, reportsLink, world, hosts, refused, deadLetters }),
  };
}
