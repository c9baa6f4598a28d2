// A whole server with the actors of HOSTS hosts, in a process of its own: `node actor-list.mjs [HOSTS]` prints one line of
// JSON: for each question to `GET /api/V2/actors`, the longest time in milliseconds for which the event loop was held.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from '../scaled.mjs';

const from = (path) => import(new URL(`../../../dist/${path}`, import.meta.url).href);
const [{ loadConfig }, { createLogger }, { createMemoryBroker }, { createStore }, { startServer }, { ACTOR_SORTS }] =
  await Promise.all(
    [
      'config/load.js',
      'log/create-logger.js',
      'broker/memory/memory-broker.js',
      'server/opening/create-store.js',
      'server/start-server.js',
      'operations/actors/actor-view.js',
    ].map(from),
  );

const HOSTS = Number(process.argv[2] ?? scaled(12_000));
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const LAST = `dog_trainer/hosts_sup/host:host-key-${String(HOSTS - 1).padStart(8, '0')}`;

const QUESTIONS = {
  'first page': '',
  'largest page': 'limit=1000',
  'depth=0': 'depth=0',
  'depth=1': 'depth=1',
  'last page': `path=dog_trainer/hosts_sup&offset=${Math.max(0, HOSTS - 200)}`,
  'one host': `path=${LAST}`,
  ...Object.fromEntries(ACTOR_SORTS.map((sort) => [`sort=${sort}`, `sort=${sort}`])),
  ...Object.fromEntries(ACTOR_SORTS.map((sort) => [`flat, sort=${sort}`, `flat=true&sort=${sort}`])),
  'flat, largest page': 'flat=true&limit=1000&sort=mailbox',
};

/** The longest time between two turns of the loop while `work` runs, in milliseconds. */
async function holdDuring(work) {
  let [longest, last, over] = [0, performance.now(), false];
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!over) setImmediate(tick);
  };
  setImmediate(tick);
  try {
    await work();
  } finally {
    over = true;
  }
  tick();
  return longest;
}

const data = mkdtempSync(join(tmpdir(), 'dog-bench-'));
const { config } = loadConfig({ data, set: ['api.port=0', 'metrics.port=0', 'log.level=silent'] });
const logs = createLogger(config.log);
const store = await createStore(config, logs.log);
for (let at = 0; at < HOSTS; at += 500) {
  const rows = Array.from({ length: Math.min(500, HOSTS - at) }, (_, i) => ({
    op: 'create',
    table: 'host',
    doc: {
      name: `host-${at + i}.example.net`,
      hostkey: `host-key-${String(at + i).padStart(8, '0')}`,
      group: 'group',
      active: 'active',
      hash_fail_count: 0,
    },
  }));
  await store.commit(rows, { author: 'bench', audit: false });
}
const server = await startServer({ config, logs, broker: createMemoryBroker(), store });
for (let waited = 0; server.state.hosts.counts().running < HOSTS; waited += 10) {
  if (waited > 120_000) throw new Error('not all actors run');
  await sleep(10);
}
// What a start leaves to do is not what is measured.
await sleep(1000);

// The first fetch of a process loads its client.
await (await fetch(`${server.listening.api}/healthz`)).arrayBuffer();

const holds = {};
for (const [name, query] of Object.entries(QUESTIONS)) {
  const each = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    each.push(
      await holdDuring(async () => {
        const response = await fetch(`${server.listening.api}/api/V2/actors?${query}`);
        await response.arrayBuffer();
        if (response.status !== 200) throw new Error(`${query}: ${response.status}`);
      }),
    );
  }
  each.sort((a, b) => a - b);
  holds[name] = { median: each[Math.floor(ROUNDS / 2)], longest: each.at(-1) };
}
await server.stop();
rmSync(data, { recursive: true, force: true });
console.log(JSON.stringify(holds));
process.exit(0);
