// A whole server with HOSTS hosts, in a process of its own: `node --expose-gc hosts.mjs [HOSTS]` prints one line of JSON:
// what an actor weighs, how long starting all takes, and how long the event loop was held up while all of them reported.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from '../scaled.mjs';

const from = (path) => import(new URL(`../../../dist/${path}`, import.meta.url).href);
const [{ loadConfig }, { createLogger }, { createMemoryBroker }, { createStore }, { startServer }] = await Promise.all(
  [
    'config/load.js',
    'log/create-logger.js',
    'broker/memory/memory-broker.js',
    'server/opening/create-store.js',
    'server/start-server.js',
  ].map(from),
);
const [{ encodeReport, decodeReport }, { stampAt }] = await Promise.all(
  ['wire/messages/report.js', 'wire/messages/envelope.js'].map(from),
);

const HOSTS = Number(process.argv[2] ?? scaled(10_000));
const GROUPS = 20;
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const hashes = Object.fromEntries(
  ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables', 'ipset_hash'].map((field) => [field, EMPTY]),
);
const fieldsOf = (index) => ({
  name: `host-${index}.example.net`,
  hostkey: `host-key-${String(index).padStart(8, '0')}`,
  group: `group${index % GROUPS}`,
  environment: '*',
  location: '*',
  interfaces: `{"lo":["127.0.0.1","::1"],"eth0":["10.${index >> 16}.${(index >> 8) & 255}.${index & 255}"]}`,
  ...hashes,
  version: 'bench',
  provider: 'unknown',
  os_distribution: 'Debian',
  os_version: '12',
  docker_container_ids: [],
});

const heap = async () => {
  for (let i = 0; i < 4; i += 1) {
    globalThis.gc();
    await sleep(50);
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
};
const until = async (look, what) => {
  for (let waited = 0; waited < 120_000; waited += 10) {
    if (look()) return;
    await sleep(10);
  }
  throw new Error(`not seen: ${what}`);
};
/** Milliseconds by which the loop was late while `work` ran. */
const lagDuring = async (work) => {
  const monitor = monitorEventLoopDelay({ resolution: 5 });
  monitor.enable();
  await work();
  monitor.disable();
  // The monitor counts its own 5 ms wait.
  return [99, 100].map((percentile) => Math.max(0, monitor.percentile(percentile) / 1e6 - 5));
};

const data = mkdtempSync(join(tmpdir(), 'dog-bench-'));
const { config } = loadConfig({
  data,
  set: ['api.port=0', 'metrics.port=0', 'log.level=silent', 'intake.force_interval_seconds=0'],
});
const logs = createLogger(config.log);
const store = await createStore(config, logs.log);
for (let at = 0; at < HOSTS; at += 500) {
  const rows = Array.from({ length: Math.min(500, HOSTS - at) }, (_, i) => ({
    op: 'create',
    table: 'host',
    doc: { ...fieldsOf(at + i), active: 'active', hash_fail_count: 0 },
  }));
  await store.commit(rows, { author: 'bench', audit: false });
}
for (let i = 0; i < GROUPS; i += 1)
  await store.commit([{ op: 'create', table: 'group', doc: { name: `group${i}` } }], { author: 'bench' });

const bare = await heap();
const broker = createMemoryBroker();
const began = performance.now();
const server = await startServer({ config, logs, broker, store });
const { hosts } = server.state;
await until(() => hosts.counts().running === HOSTS, 'all actors');
const start_ms = performance.now() - began;

const connection = await broker.connect();
const bodies = Array.from({ length: HOSTS }, (_, i) =>
  encodeReport('keepalive', fieldsOf(i), stampAt(new Date(1_700_000_000_000))),
);
const floorBegan = performance.now();
// The least of a report: its bytes read, and a line of JSON made of it.
for (const body of bodies) JSON.stringify(decodeReport(body).fields);
const reports_floor_ms = performance.now() - floorBegan;
let reports_ms = 0;
const [lag_p99_ms, lag_max_ms] = await lagDuring(async () => {
  const sent = performance.now();
  for (const body of bodies)
    await connection.publish({ exchange: 'ips', routingKey: 'ips', body, contentType: 'text/json', persistent: true });
  const handled = () =>
    [...server.state.world.rows('host').values()].filter(({ keepalive_timestamp: at }) => at !== undefined).length;
  await until(() => handled() === HOSTS, 'all reports stored');
  reports_ms = performance.now() - sent;
});
bodies.length = 0;
const [, idle_lag_max_ms] = await lagDuring(() => sleep(3000));
const full = await heap();
for (const key of [...hosts.keys()]) await hosts.stop(key);
const without = await heap();
await server.stop();
rmSync(data, { recursive: true, force: true });
console.log(
  JSON.stringify({
    actor_kb: (full - without) / HOSTS / 1024,
    host_kb: (full - bare) / HOSTS / 1024,
    start_ms,
    reports_ms,
    reports_floor_ms,
    lag_p99_ms,
    lag_max_ms,
    idle_lag_max_ms,
  }),
);
process.exit(0);
