import type { GenServer } from '../../src/otp/index.js';
import type { BaseMakers } from '../../src/supervisors/dog-trainer-sup.js';
import type { WorkMakers } from '../../src/supervisors/leader-sup.js';
import { WORLD_TABLES } from '../../src/world/world.js';

/** An actor that does nothing. */
export function stubActor(): GenServer {
  return {};
}

/** The watchers of all tables, doing nothing. */
export function stubWatchers(): WorkMakers['watchers'] {
  return Object.fromEntries(WORLD_TABLES.map((table) => [table, stubActor]));
}

/** A whole tree of actors that do nothing. */
export function stubMakers(): BaseMakers & WorkMakers {
  return {
    store: { store: stubActor },
    http: { api: stubActor, metrics: stubActor, admin: stubActor },
    broker: {
      journal: stubActor,
      brokerConnection: stubActor,
      outbox: stubActor,
      reportConnection: stubActor,
      drainMs: 1000,
      closeMs: 1000,
    },
    group: stubActor,
    host: stubActor,
    publishers: {
      agentGuard: stubActor,
      ipsetPublisher: stubActor,
      iptablesPublisher: stubActor,
      configPublisher: stubActor,
      remoteCommands: stubActor,
      census: stubActor,
      lastGoodKeeper: stubActor,
      readBack: stubActor,
      securityGroups: stubActor,
    },
    rollouts: { roller: stubActor, keeper: stubActor },
    links: { link: stubActor, keeper: stubActor },
    watchers: stubWatchers(),
    alerts: { channels: [{ name: 'mailer', make: stubActor }], maxQueue: 100 },
    intake: { intake: stubActor },
  };
}
