import type { Bench, Stage } from '../bench.js';
import { byTurns } from '../by-turns.js';
import { startBareKoa } from '../peers/bare-koa.js';
import { httpClient } from '../peers/http-client.js';
import { type ServerProcess, startServerProcess } from '../peers/server-process.js';
import { fleetPolicy, ID } from '../policy/fleet-policy.js';
import { seedStore } from '../policy/seed-store.js';
import type { Row } from '../row.js';

const CONNECTIONS = 8;
/** Many short rounds: the first ones are slow on both sides, and others on the machine disturb some. */
const READ_ROUNDS = 15;
const ZONE_ROUNDS = 5;
const ZONES_A_ROUND = 400;
const FLOOR = 'bare Koa and router that send the same bytes';

/** What is read: the answer's path, how often in a sample, and the least that it must reach of the floor. */
interface Read {
  readonly name: string;
  readonly path: string;
  readonly times: number;
  readonly least: number;
}

const READS: readonly Read[] = [
  { name: 'GET one group', path: `/api/V2/group/${ID.group(1)}`, times: 2000, least: 0.7 },
  { name: 'GET one group, v1', path: `/api/group/${ID.group(1)}`, times: 2000, least: 0.7 },
  { name: 'GET one ruleset', path: `/api/V2/ruleset/${ID.ruleset(1)}`, times: 1500, least: 0.6 },
  { name: 'GET the list of 1,000 groups', path: '/api/V2/groups', times: 200, least: 0.7 },
  { name: 'GET the list of 1,000 groups, v1', path: '/api/groups', times: 200, least: 0.7 },
];

/** Where processor time is taken from, and what is asked of it. */
interface Asked {
  readonly base: string;
  readonly path: string;
  cpuMs(): number;
}

/** Answers per second of the server's processor time, over several connections. */
async function answersPerSecond(asked: Asked, times: number): Promise<number> {
  const { base, path } = asked;
  const client = httpClient(base, CONNECTIONS);
  const began = asked.cpuMs();
  let left = times;
  const ask = async () => {
    while (left-- > 0) {
      const { status } = await client.ask('GET', path);
      if (status !== 200) throw new Error(`GET ${path} was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  client.close();
  // One jiffy, where a small run takes none.
  return times / (Math.max(10, asked.cpuMs() - began) / 1000);
}

async function readRow(stage: Stage, server: ServerProcess, { name, path, times, least }: Read): Promise<Row> {
  stage.say(name);
  const client = httpClient(server.api);
  const { body } = await client.ask('GET', path);
  client.close();
  const bare = await startBareKoa(body);
  try {
    const { work, floor } = await byTurns(READ_ROUNDS, {
      work: () => answersPerSecond({ base: server.api, path, cpuMs: () => server.cpuMs() }, stage.scaled(times)),
      floor: () => answersPerSecond(bare, stage.scaled(times)),
    });
    const bound = { of: 'ratio', at: 'least', limit: least } as const;
    return { name, unit: 'per second', work, floor: { what: FLOOR, samples: floor }, bound };
  } finally {
    await bare.stop();
  }
}

/** One after the other over one connection; each is in the store when it is answered. */
async function zonesRow(stage: Stage, server: ServerProcess): Promise<Row> {
  stage.say('zones created one by one');
  const client = httpClient(server.api);
  const count = stage.scaled(ZONES_A_ROUND);
  let made = 0;
  const { work } = await byTurns(ZONE_ROUNDS, {
    work: async () => {
      const began = performance.now();
      for (let i = 0; i < count; i += 1) {
        made += 1;
        const address = `10.200.${(made >> 8) & 255}.${made & 255}`;
        await client.create('zone', { name: `made${made}`, ipv4_addresses: [address], ipv6_addresses: [] });
      }
      return count / ((performance.now() - began) / 1000);
    },
  });
  client.close();
  return {
    name: 'zones created one by one',
    unit: 'per second',
    work,
    bound: { of: 'value', at: 'least', limit: 800 },
  };
}

/** Until it compiles nothing any longer: less than a tenth of its time for a second. */
async function quiet(server: ServerProcess): Promise<void> {
  for (let last = -Infinity, looks = 0; looks < 30; looks += 1) {
    const now = server.cpuMs();
    if (now - last < 100) return;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

export const HTTP: Bench = {
  name: 'http',
  title: 'HTTP: answers per second of processor time, beside bare Koa; zones created',
  async run(stage) {
    const data = await stage.directory();
    await seedStore(stage.dist, data, fleetPolicy({ groups: stage.scaled(1000), hosts: stage.scaled(1000) }));
    const server = await startServerProcess({ dist: stage.dist, data });
    try {
      await quiet(server);
      const rows: Row[] = [];
      for (const read of READS) rows.push(await readRow(stage, server, read));
      rows.push(await zonesRow(stage, server));
      return rows;
    } finally {
      await server.stop();
    }
  },
};
