import { setTimeout as sleep } from 'node:timers/promises';
import { createAmqpBroker } from '../../broker/amqp/amqp-broker.js';
import type { Bench } from '../bench.js';
import { httpClient } from '../peers/http-client.js';
import { startServerProcess, type ServerProcess } from '../peers/server-process.js';
import { median, type Row } from '../row.js';
import { agentsReports } from '../scale/agents-reports.js';
import { editRules, seedPolicy } from '../scale/base-policy.js';

const [MINUTES, AGENTS, GROUPS] = [60, 1000, 20];
/** All agents report in so many seconds: twelve times as often as in the field, so that an hour is half a day. */
const REPORT_SECONDS = 5;
const SAMPLE_SECONDS = 15;

/** Whether memory stays flat while hosts report and people edit (docs/performance.md). */
export const SOAK: Bench = {
  name: 'soak',
  title: 'An hour of reports and edits: memory stays flat',
  long: 'an hour',
  async run(stage) {
    const rabbit = await stage.rabbit();
    const server = await startServerProcess({
      dist: stage.dist,
      data: await stage.directory(),
      set: ['broker.kind=amqp', `broker.url=${rabbit.url}`, 'intake.registrations_per_minute=1000000'],
    });
    const client = httpClient(server.api);
    const connection = await createAmqpBroker({ urls: [rabbit.url] }).connect();
    try {
      const ruleset = await seedPolicy(client, GROUPS);
      const reports = await agentsReports(connection, (index) => `group${index % GROUPS}`);
      await reports.send('force', 0, AGENTS);
      const end = performance.now() + (stage.scaled(MINUTES * 1000) / 1000) * 60_000;
      const memory: number[] = [];
      for (let second = 0; performance.now() < end; second += 1) {
        const from = (second % REPORT_SECONDS) * (AGENTS / REPORT_SECONDS);
        await reports.send('keepalive', from, from + AGENTS / REPORT_SECONDS);
        await editRules(client, ruleset, `edit ${second}`);
        if (second % SAMPLE_SECONDS === SAMPLE_SECONDS - 1) {
          memory.push(server.rssMb());
          if (memory.length % 20 === 0) stage.say(`${second + 1} s: ${server.rssMb().toFixed(0)} MB`);
        }
        await sleep(1000);
      }
      return rowsOf(memory, server);
    } finally {
      client.close();
      await connection.close();
      await server.kill();
    }
  },
};

/** The first third warms up: caches fill, the heap finds its size. */
function rowsOf(memory: readonly number[], server: ServerProcess): Row[] {
  const third = Math.floor(memory.length / 3);
  const [second, last] = [memory.slice(third, 2 * third), memory.slice(-third)];
  if (third === 0) return [{ name: 'memory', unit: 'MB', work: [server.rssMb()] }];
  return [
    {
      name: 'memory in the last third beside the second',
      unit: 'MB',
      work: last,
      floor: { what: 'second third', samples: second },
      bound: { of: 'ratio', at: 'most', limit: 1.05 },
    },
    { name: 'the most that it held', unit: 'MB', work: [server.peakRssMb()] },
    { name: 'processor time in all', unit: 'ms', work: [server.cpuMs()] },
    { name: 'median of all', unit: 'MB', work: [median(memory)] },
  ];
}
