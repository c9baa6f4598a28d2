import { createHash } from 'node:crypto';
import type { Document } from '../../model/document.js';
import type { Bench, Stage } from '../bench.js';
import { byTurns, timed } from '../by-turns.js';
import { httpClient } from '../peers/http-client.js';
import { startServerProcess } from '../peers/server-process.js';
import type { Row } from '../row.js';
import { bigZone, readAgain, withOneMore } from '../sets/big-zone.js';
import { SetsInProcess } from '../sets/sets-in-process.js';

const ADDRESSES = 100_000;
const ROUNDS = 9;
const EDITS = 8;

/** What one address costs, and what all of them do, from a document to the message with all sets. */
export const SETS: Bench = {
  name: 'sets',
  title: 'A zone of 100,000 mixed addresses: to its message, one address more, and beside it a small one',
  async run(stage) {
    const zone = bigZone(stage.scaled(ADDRESSES));
    return [...(await inProcess(stage, zone)), ...(await overHttp(stage, zone))];
  },
};

/** The least that the text needs: numbers sorted, lines joined, bytes hashed. */
function floorOf(text: string): () => number {
  const lines = text.split('\n');
  const numbers = Float64Array.from(lines, (_, at) => (at * 48_271) % 2_147_483_647);
  return () => {
    const began = performance.now();
    numbers.slice().sort();
    createHash('sha256').update(lines.join('\n')).digest();
    return performance.now() - began;
  };
}

async function inProcess(stage: Stage, zone: Document): Promise<Row[]> {
  stage.say('in this process');
  const [empty, full, alone] = [
    await SetsInProcess.from(stage.dist),
    await SetsInProcess.from(stage.dist),
    await SetsInProcess.from(stage.dist),
  ];
  const stalls: number[] = [];
  await full.message(zone);
  let [edited, n] = [zone, 0];
  const small = (): Document => ({
    id: 's',
    name: 'small',
    ipv4_addresses: [`192.0.2.${(n += 1) % 250}`],
    ipv6_addresses: [],
  });
  const floor = floorOf(full.text());
  const whole = await byTurns(ROUNDS, {
    work: async () => {
      // Another zone each time, so that nothing of the one before is of use.
      const doc = readAgain({ ...zone, name: `big${n}`, id: `big${(n += 1)}` });
      const { ms, stallMs } = await empty.message(doc, true);
      stalls.push(stallMs);
      return ms;
    },
    floor,
  });
  const rest = await byTurns(ROUNDS, {
    more: async () => (await full.message((edited = withOneMore(edited, (n += 1))))).ms,
    beside: async () => (await full.message(small())).ms,
    alone: async () => (await alone.message(small())).ms,
  });
  return [
    {
      name: 'zone of 100,000 mixed addresses to its message',
      unit: 'ms',
      work: whole.work,
      floor: { what: 'typed sort, join, hash', samples: whole.floor },
      bound: { of: 'value', at: 'most', limit: 300 },
    },
    {
      name: 'longest stall of the loop meanwhile',
      unit: 'ms',
      work: stalls,
      bound: { of: 'value', at: 'most', limit: 50 },
    },
    {
      name: 'one address added to it, in process',
      unit: 'ms',
      work: rest.more,
      bound: { of: 'value', at: 'most', limit: 5 },
    },
    {
      name: 'a small zone edited beside it, in process',
      unit: 'ms',
      work: rest.beside,
      floor: { what: 'the same without the big one', samples: rest.alone },
    },
  ];
}

async function overHttp(stage: Stage, zone: Document): Promise<Row[]> {
  stage.say('over HTTP');
  const { id: _id, ...sent } = zone;
  const data = await stage.directory();
  const server = await startServerProcess({ dist: stage.dist, data, set: ['broker.kind=memory'] });
  const client = httpClient(server.api);
  try {
    const id = await client.create('zone', sent);
    const path = `/api/V2/zone/${id}`;
    let edited: Document = { ...sent, id };
    const times: number[] = [];
    const cpu: number[] = [];
    for (let n = 0; n < EDITS; n += 1) {
      edited = withOneMore(edited, n);
      const before = server.cpuMs();
      times.push(
        await timed(async () => {
          refuse(await client.ask('PUT', path, edited));
        }),
      );
      cpu.push(server.cpuMs() - before);
    }
    return [
      {
        name: 'one address added to it, over HTTP',
        unit: 'ms',
        work: times,
        bound: { of: 'value', at: 'most', limit: 120 },
      },
      { name: 'processor time of the server for it', unit: 'ms', work: cpu },
      {
        name: 'most memory that the server ever held',
        unit: 'MB',
        work: [server.peakRssMb()],
        bound: { of: 'value', at: 'most', limit: 350 },
      },
    ];
  } finally {
    client.close();
    await server.kill();
  }
}

function refuse({ status, body }: { readonly status: number; readonly body: Buffer }): void {
  if (status >= 400) throw new Error(`the edit was answered ${status}: ${body.subarray(0, 200).toString()}`);
}
