import { setTimeout as sleep } from 'node:timers/promises';
import { stampAt } from '../../wire/messages/envelope.js';
import { decodeReport, encodeReport } from '../../wire/messages/report.js';
import type { Bench } from '../bench.js';
import { timed } from '../by-turns.js';
import { cpuMs } from '../cpu.js';
import { fleetHost } from '../../sim/fleet-hosts.js';
import { configOf } from '../../sim/agent-identity.js';
import { reportFields } from '../../sim/agent-report.js';
import { startFleetInProcess, type FleetInProcess } from '../fleet/fleet-in-process.js';
import { NOTHING_LOADED } from '../fleet/nothing-loaded.js';

const GROUPS = 20;
/** What a host's actor may take, in kB. */
const BUDGET_KB = 8;

/** Ten thousand hosts in one server: what each weighs, and what a report of each takes (embedded store, in-process broker). */
export const HOSTS: Bench = {
  name: 'hosts',
  title: 'Ten thousand hosts in one server',
  ownBuild: true,
  async run(stage) {
    const count = stage.scaled(10_000);
    const fields = Array.from({ length: count }, (_, n) => {
      const identity = fleetHost(n, `group${n % GROUPS}`);
      return reportFields(identity, configOf(identity), NOTHING_LOADED, false);
    });
    const groups = Array.from({ length: GROUPS }, (_, n) => `group${n}`);
    const began = performance.now();
    const fleet = await startFleetInProcess(await stage.directory(), fields, groups, [
      'intake.force_interval_seconds=0',
    ]);
    const { server } = fleet;
    while (server.state.hosts.counts().running < count) await sleep(10);
    const startMs = performance.now() - began;
    const bodies = fields.map((each) => encodeReport('keepalive', each, stampAt(new Date(1_700_000_000_000))));
    // The least of a report: its bytes read, and a line of JSON made of it.
    const floorMs = await timed(() => bodies.map((body) => JSON.stringify(decodeReport(body).fields)));
    const since = process.cpuUsage();
    await reportAll(fleet, bodies);
    const reportsMs = cpuMs(since);
    const full = await heapKb();
    for (const key of [...server.state.hosts.keys()]) await server.state.hosts.stop(key);
    const actorKb = (full - (await heapKb())) / count;
    await server.stop();
    return [
      {
        name: 'kB of an actor that has reported',
        unit: 'count',
        work: [actorKb],
        bound: { of: 'value', at: 'most', limit: BUDGET_KB },
      },
      { name: 'seeded, and all actors started', unit: 'ms', work: [startMs] },
      {
        name: 'one report of each, stored (processor time)',
        unit: 'ms',
        work: [reportsMs],
        floor: { what: 'decoding and printing them', samples: [floorMs] },
      },
    ];
  },
};

async function reportAll({ server, broker }: FleetInProcess, bodies: readonly Uint8Array[]): Promise<void> {
  const connection = await broker.connect();
  for (const body of bodies)
    await connection.publish({ exchange: 'ips', routingKey: 'ips', body, contentType: 'text/json', persistent: true });
  const stored = () =>
    [...server.state.world.rows('host').values()].filter(({ keepalive_timestamp: at }) => at !== undefined).length;
  while (stored() < bodies.length) await sleep(10);
  await connection.close();
}

async function heapKb(): Promise<number> {
  for (let i = 0; i < 4; i += 1) {
    globalThis.gc?.();
    await sleep(50);
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers) / 1024;
}
