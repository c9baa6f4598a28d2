// A whole server with AGENTS hosts that report, an edit now and then, and ten consoles that do by turns what the page `Now` does:
// `node consoles.mjs [AGENTS]` prints one line of JSON. The consoles are a thread of their own, since browsers are elsewhere too;
// with BENCH_CHROMIUM=/usr/bin/chromium they are ten tabs of that browser, on this machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { scaled } from '../scaled.mjs';

const from = (path) => import(new URL(`../../../dist/${path}`, import.meta.url).href);
const [
  { loadConfig },
  { createLogger },
  { createBroker },
  { startServer },
  { startFleet },
  { seedDemoPolicy, DEMO_GROUPS },
  { demoApi },
  { QUICK_TIMING },
] = await Promise.all(
  [
    'config/load.js',
    'log/create-logger.js',
    'server/opening/create-broker.js',
    'server/start-server.js',
    'sim/sim-fleet.js',
    'demo/demo-policy.js',
    'demo/demo-api.js',
    'sim/agent-timing.js',
  ].map(from),
);

const AGENTS = Number(process.argv[2] ?? 1000);
const CONSOLES = 10;
/** Windows with and without consoles, and how long each is. */
const WINDOWS = 3;
const WINDOW_MS = scaled(8000);

const data = mkdtempSync(join(tmpdir(), 'dog-bench-'));
const { config } = loadConfig({
  data,
  set: [
    'api.port=0',
    'metrics.port=0',
    'log.level=silent',
    'intake.registrations_per_minute=100000',
    'keepalive_alert_seconds=600',
  ],
});
const broker = createBroker(config);
const server = await startServer({ config, logs: createLogger(config.log), broker });
const url = server.listening.api;
const api = demoApi(url);
await seedDemoPolicy(api.create);
const { id: zone } = await api.create('zone', { name: 'edited', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });

// As agents in the field, six times as fast: a report every ten seconds.
const timing = { ...QUICK_TIMING, pollMs: 10_000, keepaliveFirstMs: 10_000, keepaliveMs: 10_000 };
const fleet = await startFleet({ broker, agents: AGENTS, groups: DEMO_GROUPS, timing, spreadMs: AGENTS * 10 });
await until(() => server.state.world.rows('host').size === AGENTS, 'all hosts');
await sleep(scaled(5000));

const consoles = process.env.BENCH_CHROMIUM ? await inChromium(process.env.BENCH_CHROMIUM) : inThread();
const seen = { with: [], without: [] };
let edits = 0;
for (let window = 0; window < WINDOWS; window += 1) {
  for (const how of ['without', 'with']) {
    await consoles.open(how === 'with');
    const monitor = monitorEventLoopDelay({ resolution: 2 });
    monitor.enable();
    const end = performance.now() + WINDOW_MS;
    while (performance.now() < end) {
      edits += 1;
      await edit(edits);
      await sleep(Math.min(1000, WINDOW_MS));
    }
    monitor.disable();
    seen[how].push([monitor.percentile(99) / 1e6, monitor.max / 1e6]);
  }
}
const { answers, events } = await consoles.close();
await fleet.stop();
await server.stop();
rmSync(data, { recursive: true, force: true });

const middle = (list, at) => list.map((pair) => pair[at]).sort((a, b) => a - b)[Math.floor(list.length / 2)];
process.stdout.write(
  JSON.stringify({
    consoles: CONSOLES,
    with_p99_ms: middle(seen.with, 0),
    without_p99_ms: middle(seen.without, 0),
    with_max_ms: middle(seen.with, 1),
    without_max_ms: middle(seen.without, 1),
    answers,
    events,
  }) + '\n',
);
process.exit(0);

async function edit(number) {
  const response = await fetch(`${url}/api/V2/zone/${zone}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'edited', ipv4_addresses: [`192.0.2.${(number % 250) + 1}`], ipv6_addresses: [] }),
    redirect: 'manual',
  });
  if (response.status !== 303) throw new Error(`the edit was answered ${response.status}`);
}

async function until(look, what) {
  for (let waited = 0; waited < 240_000; waited += 50) {
    if (look()) return;
    await sleep(50);
  }
  throw new Error(`not seen: ${what}`);
}

function inThread() {
  const worker = new Worker(new URL('./console-thread.mjs', import.meta.url), {
    workerData: { url, consoles: CONSOLES },
  });
  const told = (message) =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.postMessage(message);
    });
  return {
    open: (wanted) => told({ open: wanted }),
    close: async () => {
      const counts = await told({ close: true });
      await worker.terminate();
      return counts;
    },
  };
}

async function inChromium(executablePath) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  let contexts = [];
  let answers = 0;
  return {
    open: async (wanted) => {
      await Promise.all(contexts.map((context) => context.close()));
      contexts = wanted ? await Promise.all(Array.from({ length: CONSOLES }, () => browser.newContext())) : [];
      for (const context of contexts) {
        const page = await context.newPage();
        page.on('response', () => (answers += 1));
        await page.goto(`${url}/#/now`);
        await page.getByText('Live', { exact: true }).waitFor();
      }
    },
    close: async () => {
      await browser.close();
      return { answers, events: NaN };
    },
  };
}
