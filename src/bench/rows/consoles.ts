import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryBroker } from '../../broker/memory/memory-broker.js';
import { loadConfig } from '../../config/load.js';
import { demoApi } from '../../demo/demo-api.js';
import { DEMO_GROUPS, seedDemoPolicy } from '../../demo/demo-policy.js';
import { createLogger } from '../../log/create-logger.js';
import { startServer } from '../../server/start-server.js';
import { QUICK_TIMING } from '../../sim/agent-timing.js';
import { startFleet } from '../../sim/sim-fleet.js';
import type { Bench } from '../bench.js';
import { consoles } from '../peers/consoles.js';
import { httpClient, type HttpClient } from '../peers/http-client.js';

const COUNT = 10;
const [WINDOWS, WINDOW_MS] = [3, 6000];
/** As agents in the field, six times as fast. */
const TIMING = { ...QUICK_TIMING, pollMs: 10_000, keepaliveFirstMs: 10_000, keepaliveMs: 10_000 };

/** What consoles cost the server beside a thousand agents: windows with and without them, by turns. */
export const CONSOLES: Bench = {
  name: 'consoles',
  title: 'Ten consoles beside a thousand agents (embedded store, in-process broker)',
  ownBuild: true,
  async run(stage) {
    const agents = stage.scaled(1000);
    const { config } = loadConfig({
      data: await stage.directory(),
      set: [
        'api.port=0',
        'metrics.port=0',
        'log.level=silent',
        'intake.registrations_per_minute=100000',
        'keepalive_alert_seconds=600',
      ],
    });
    const broker = createMemoryBroker();
    const server = await startServer({ config, logs: createLogger(config.log), broker });
    const url = server.listening.api;
    const client = httpClient(url);
    await seedDemoPolicy(demoApi(url).create);
    const zone = await client.create('zone', { name: 'edited', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    const fleet = await startFleet({ broker, agents, groups: DEMO_GROUPS, timing: TIMING, spreadMs: agents * 10 });
    while (server.state.world.rows('host').size < agents) await sleep(50);
    await sleep(stage.scaled(5000));
    const watching = consoles(url, COUNT);
    const lags: Record<'with' | 'without', number[]> = { with: [], without: [] };
    for (let window = 0; window < WINDOWS; window += 1)
      for (const how of ['without', 'with'] as const) {
        await watching.open(how === 'with');
        lags[how].push(await lagWithEdits(client, zone, stage.scaled(WINDOW_MS)));
      }
    await watching.close();
    await fleet.stop();
    client.close();
    await server.stop();
    return [
      {
        name: 'event-loop lag, p99, ten consoles open',
        unit: 'ms',
        work: lags.with,
        floor: { what: 'without a console', samples: lags.without },
        bound: { of: 'ratio', at: 'most', limit: 1.5 },
      },
    ];
  },
};

async function lagWithEdits(client: HttpClient, zone: string, windowMs: number): Promise<number> {
  const monitor = monitorEventLoopDelay({ resolution: 2 });
  monitor.enable();
  const end = performance.now() + windowMs;
  for (let n = 1; performance.now() < end; n += 1) {
    const doc = { name: 'edited', ipv4_addresses: [`192.0.2.${n % 250}`], ipv6_addresses: [] };
    const { status } = await client.ask('PUT', `/api/V2/zone/${zone}`, doc);
    if (status >= 400) throw new Error(`the edit was answered ${status}`);
    await sleep(Math.min(1000, windowMs));
  }
  monitor.disable();
  return monitor.percentile(99) / 1e6;
}
