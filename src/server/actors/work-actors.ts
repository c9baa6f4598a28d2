import { GroupActor } from '../../actors/groups/group-actor.js';
import { Intake } from '../../actors/intake/intake.js';
import type { WorkMakers } from '../../supervisors/leader-sup.js';
import type { Make } from '../../supervisors/make.js';
import type { ServerState } from '../state/server-state.js';
import { wholeContext } from '../state/whole-context.js';
import { alertsActors } from './alerts-actors.js';
import { brokerActors } from './broker-actors.js';
import { hostActors } from './host-actors.js';
import { publisherActors } from './publisher-actors.js';
import { watcherActors } from './watcher-actors.js';

/** The actors of a server that does the work, each with what it declares. */
export function workActors(state: ServerState): WorkMakers {
  const { host, census, readBack, agentGuard } = hostActors(state);
  const context = wholeContext(state);
  return {
    broker: brokerActors(state),
    group: (id) => new GroupActor(context, id),
    host,
    publishers: { ...publisherActors(state), census, readBack, agentGuard },
    watchers: watcherActors(state),
    alerts: alertsActors(state.base),
    intake: { intake: intakeMaker(state) },
  };
}

function intakeMaker({ base, policy, delivery, fleet }: ServerState): Make {
  const { system, config, log, metrics } = base;
  const { world } = policy;
  const { reportsLink } = delivery;
  const { hosts, refused, deadLetters } = fleet;
  const ofBase = { clock: system.clock, config, log, metrics };
  return () => new Intake({ ...ofBase, world, reportsLink, hosts, refused, deadLetters });
}
