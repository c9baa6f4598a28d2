import { AgentGuard } from '../../actors/guard/agent-guard.js';
import { Census } from '../../actors/hosts/census.js';
import { HostActor } from '../../actors/hosts/host-actor.js';
import { ReadBack } from '../../actors/hosts/read-back.js';
import type { Make, MakeByKey } from '../../supervisors/make.js';
import type { ServerState } from '../state/server-state.js';

/** Hosts, and who looks after them. */
export interface HostMakers {
  readonly host: MakeByKey;
  readonly census: Make;
  readonly readBack: Make;
  readonly agentGuard: Make;
}

export function hostActors(state: ServerState): HostMakers {
  return {
    host: hostMaker(state),
    census: censusMaker(state),
    readBack: readBackMaker(state),
    agentGuard: agentGuardMaker(state),
  };
}

function hostMaker({ base, policy, delivery, fleet }: ServerState): MakeByKey {
  const { system, config, log, metrics, store, alerts } = base;
  const { world, dialect, sets, outputs } = policy;
  const { confirmedSets, gate, outbox } = delivery;
  const { guard, refused, drift, repairs, registrations, hostRoom } = fleet;
  const needs = {
    ...{ clock: system.clock, config, log, metrics, store, alerts },
    ...{ world, dialect, sets, outputs },
    ...{ confirmedSets, gate, outbox },
    ...{ guard, refused, drift, repairs, registrations, hostRoom },
  };
  return (hostkey) => new HostActor(needs, hostkey);
}

function censusMaker({ base, policy, fleet }: ServerState): Make {
  const { system, config, log, metrics, store, alarms } = base;
  const { world, outputs, groups } = policy;
  const { guard, hostRoom, hosts } = fleet;
  const ofBase = { clock: system.clock, config, log, metrics, store, alarms };
  return () => new Census({ ...ofBase, world, outputs, groups, guard, hostRoom, hosts });
}

function readBackMaker({ base, policy, fleet }: ServerState): Make {
  const { system, config, log, metrics } = base;
  const { world, outputs } = policy;
  const { hosts } = fleet;
  return () => new ReadBack({ clock: system.clock, config, log, metrics, world, outputs, hosts });
}

function agentGuardMaker({ base, fleet }: ServerState): Make {
  const { config, log } = base;
  const { guard } = fleet;
  return () => new AgentGuard({ config, log, guard });
}
