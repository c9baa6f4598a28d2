import { StoreError, type Store } from '../../../src/store/store.js';
import type { Broker } from '../../../src/broker/broker.js';
import { fencedBroker } from '../../../src/broker/fenced-broker.js';
import type { VirtualClock } from '../../../src/otp/testing/index.js';
import type { StartedServer } from '../../../src/server/start-server.js';
import { loadConfig } from '../../../src/config/load.js';
import { createLogger } from '../../../src/log/create-logger.js';
import { startServer } from '../../../src/server/start-server.js';
import { sharedStore } from '../../support/shared-store.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { QUICK } from '../../support/whole-server.js';
import { touches } from '../../support/watched-store.js';

/** Where a server dies: before the store has the next transition of a rollout, or right after, before it knows. */
export type Deadly = 'before' | 'after';

/** The whole server in this process, which can be lost as to `kill -9`: neither store nor broker hear of it again. */
export interface KillableServer {
  readonly server: StartedServer;
  readonly alive: boolean;
  kill(): void;
  /** Dies at the `nth` transition of a rollout from now. */
  dieAt(nth: number, when: Deadly): void;
  stop(): Promise<unknown>;
}

export async function startKillable({
  store,
  broker,
  clock,
  elected,
  name,
  set = [],
  forgetsRollouts = false,
}: {
  readonly store: Store;
  readonly broker: Broker;
  readonly clock: VirtualClock;
  /** One of several, which elect who leads. */
  readonly elected: boolean;
  readonly name: string;
  readonly set?: readonly string[];
  /** The protection taken out: what it writes of rollouts is answered, and not kept. */
  readonly forgetsRollouts?: boolean;
}): Promise<KillableServer> {
  let alive = true;
  let countdown: { left: number; readonly when: Deadly } | undefined;
  const shared = sharedStore(store);
  const fenced = fencedBroker(broker, () => alive);
  const kill = (): void => {
    alive = false;
    shared.away(true);
    fenced.abandon();
  };
  const gone = (): StoreError => new StoreError('unavailable', 'the server was killed by the test');
  const own: Store = {
    ...shared,
    kind: elected ? 'rethinkdb' : 'sqlite',
    async commit(changes, by) {
      if (forgetsRollouts && touches(changes, 'rollout'))
        return shared.commit(
          changes.filter(({ table }) => table !== 'rollout'),
          by,
        );
      if (countdown === undefined || !touches(changes, 'rollout') || --countdown.left > 0)
        return shared.commit(changes, by);
      const { when } = countdown;
      countdown = undefined;
      if (when === 'before') {
        kill();
        throw gone();
      }
      await shared.commit(changes, by);
      kill();
      throw gone();
    },
  };
  const { config } = loadConfig({
    data: temporaryDirectory(),
    set: [
      ...QUICK,
      'api.port=0',
      'metrics.port=0',
      'log.level=silent',
      'cluster.lease_seconds=2',
      `cluster.name=${name}`,
      'shutdown_seconds=1',
      ...set,
    ],
  });
  const server = await startServer({ config, logs: createLogger(config.log), broker: fenced, store: own, clock });
  let stopped: Promise<unknown> | undefined;
  return {
    server,
    get alive() {
      return alive;
    },
    kill,
    dieAt: (nth, when) => void (countdown = { left: nth, when }),
    stop: () => (stopped ??= server.stop()),
  };
}
