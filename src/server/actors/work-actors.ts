import type { WorkMakers } from '../../supervisors/leader-sup.js';
import type { ServerState } from '../state/server-state.js';
import { alertsActors } from './alerts-actors.js';
import { brokerActors } from './broker-actors.js';
import { groupActors } from './group-actors.js';
import { hostActors } from './host-actors.js';
import { linkActors } from './link-actors.js';
import { publisherActors } from './publisher-actors.js';
import { rolloutActors } from './rollout-actors.js';
import { watcherActors } from './watcher-actors.js';

/** The actors of a server that does the work, each with what it declares. */
export function workActors(state: ServerState): WorkMakers {
  const { host, census, readBack, agentGuard, intake } = hostActors(state);
  const { group } = groupActors(state);
  return {
    broker: brokerActors(state),
    group,
    host,
    publishers: { ...publisherActors(state), census, readBack, agentGuard },
    rollouts: rolloutActors(state),
    links: linkActors(state),
    watchers: watcherActors(state),
    alerts: alertsActors(state),
    intake: { intake },
  };
}
