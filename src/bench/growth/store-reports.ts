import { setTimeout as sleep } from 'node:timers/promises';
import { configOf } from '../../sim/agent-identity.js';
import { reportFields } from '../../sim/agent-report.js';
import { fleetHost } from '../../sim/fleet-hosts.js';
import { stampAt } from '../../wire/messages/envelope.js';
import { encodeReport } from '../../wire/messages/report.js';
import type { Stage } from '../bench.js';
import { cpuMs } from '../cpu.js';
import { startFleetInProcess } from '../fleet/fleet-in-process.js';
import { NOTHING_LOADED } from '../fleet/nothing-loaded.js';

const GROUPS = 20;

/** Milliseconds of processor time in which one report of each of so many hosts is taken in and stored. */
export async function storeReports(stage: Stage, hosts: number): Promise<number> {
  const fields = Array.from({ length: hosts }, (_, n) => {
    const identity = fleetHost(n, `group${n % GROUPS}`);
    return reportFields(identity, configOf(identity), NOTHING_LOADED, false);
  });
  const groups = Array.from({ length: GROUPS }, (_, n) => `group${n}`);
  const set = ['intake.force_interval_seconds=0'];
  const { server, broker } = await startFleetInProcess(await stage.directory(), fields, groups, set);
  while (server.state.hosts.counts().running < hosts) await sleep(10);
  const connection = await broker.connect();
  const bodies = fields.map((each) => encodeReport('keepalive', each, stampAt(new Date(1_700_000_000_000))));
  const rows = server.state.world.rows('host');
  const silent = new Set(rows.keys());
  // Only as far as the first silent one: to look through all of them each time would be work that grows faster than they do.
  const allHeard = (): boolean => {
    for (const id of silent) {
      if (rows.get(id)?.['keepalive_timestamp'] === undefined) return false;
      silent.delete(id);
    }
    return true;
  };
  const before = process.cpuUsage();
  for (const body of bodies)
    await connection.publish({ exchange: 'ips', routingKey: 'ips', body, contentType: 'text/json', persistent: true });
  while (!allHeard()) await sleep(50);
  const ms = cpuMs(before);
  await connection.close();
  await server.stop();
  return ms;
}
