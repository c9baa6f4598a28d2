import { AgentGuard } from '../../actors/guard/agent-guard.js';
import { Census } from '../../actors/hosts/census.js';
import { HostActor } from '../../actors/hosts/host-actor.js';
import { ReadBack } from '../../actors/hosts/read-back.js';
import type { Make, MakeByKey } from '../../supervisors/make.js';
import type { ServerState } from '../state/server-state.js';
import { wholeContext } from '../state/whole-context.js';

/** Hosts, and who looks after them. */
export interface HostMakers {
  readonly host: MakeByKey;
  readonly census: Make;
  readonly readBack: Make;
  readonly agentGuard: Make;
}

export function hostActors(state: ServerState): HostMakers {
  const context = wholeContext(state);
  return {
    host: (hostkey) => new HostActor(context, hostkey),
    census: () => new Census(context),
    readBack: () => new ReadBack(context),
    agentGuard: () => new AgentGuard(context),
  };
}
