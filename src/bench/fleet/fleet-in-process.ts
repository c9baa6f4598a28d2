import { createMemoryBroker } from '../../broker/memory/memory-broker.js';
import type { Broker } from '../../broker/broker.js';
import { loadConfig } from '../../config/load.js';
import { createLogger } from '../../log/create-logger.js';
import { createStore } from '../../server/opening/create-store.js';
import { startServer, type StartedServer } from '../../server/start-server.js';

/** Rows of a commit while hosts are seeded. */
const AT_ONCE = 500;

/** A server in this process, with its broker, and hosts that it knew before it started. */
export interface FleetInProcess {
  readonly server: StartedServer;
  readonly broker: Broker;
}

/** @param set - `key=value` over the defaults */
export async function startFleetInProcess(
  data: string,
  hosts: readonly object[],
  groups: readonly string[],
  set: readonly string[] = [],
): Promise<FleetInProcess> {
  const { config } = loadConfig({ data, set: ['api.port=0', 'metrics.port=0', 'log.level=silent', ...set] });
  const logs = createLogger(config.log);
  const store = await createStore(config, logs.log);
  const seeded = { author: 'bench', audit: false };
  for (let at = 0; at < hosts.length; at += AT_ONCE)
    await store.commit(
      hosts
        .slice(at, at + AT_ONCE)
        .map((host) => ({ op: 'create', table: 'host', doc: { ...host, active: 'active', hash_fail_count: 0 } })),
      seeded,
    );
  for (const name of groups) await store.commit([{ op: 'create', table: 'group', doc: { name } }], seeded);
  const broker = createMemoryBroker();
  return { server: await startServer({ config, logs, broker, store }), broker };
}
