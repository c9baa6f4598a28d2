import { setTimeout as sleep } from 'node:timers/promises';
import { ACTOR_SORTS } from '../../operations/actors/actor-view.js';
import type { Bench } from '../bench.js';
import { watched } from '../cpu.js';
import { startFleetInProcess } from '../fleet/fleet-in-process.js';
import { httpClient } from '../peers/http-client.js';
import { percentile, type Row } from '../row.js';

const ROUNDS = 5;
const HOLD_MS = 50;

/** `GET /api/V2/actors` of a large fleet: for how long it holds the loop. */
export const ACTOR_LIST: Bench = {
  name: 'actor-list',
  title: 'The list of 12,000 actors: longest hold of the loop',
  ownBuild: true,
  async run(stage) {
    const count = stage.scaled(12_000);
    const hosts = Array.from({ length: count }, (_, n) => ({
      name: `host-${n}.example.net`,
      hostkey: hostkey(n),
      group: 'group',
    }));
    const { server } = await startFleetInProcess(await stage.directory(), hosts, []);
    const client = httpClient(server.listening.api);
    const started = () => server.state.hosts.counts().running;
    while (started() < count) await sleep(10);
    // What a start leaves to do is not what is measured.
    await sleep(1000);
    const rows: Row[] = [];
    for (const [name, query] of Object.entries(questions(count))) {
      const holds: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const { hold } = await watched(async () => {
          const { status } = await client.ask('GET', `/api/V2/actors?${query}`);
          if (status !== 200) throw new Error(`${query} was answered ${status}`);
        });
        holds.push(hold);
      }
      rows.push({ name, unit: 'ms', work: holds });
    }
    client.close();
    await server.stop();
    const longest = percentile(
      rows.flatMap(({ work }) => work),
      100,
    );
    return [
      ...rows,
      { name: 'longest of all', unit: 'ms', work: [longest], bound: { of: 'value', at: 'most', limit: HOLD_MS } },
    ];
  },
};

function hostkey(n: number): string {
  return `host-key-${String(n).padStart(8, '0')}`;
}

function questions(count: number): Readonly<Record<string, string>> {
  return {
    'first page': '',
    'largest page': 'limit=1000',
    'depth=0': 'depth=0',
    'last page': `path=dog_trainer/hosts_sup&offset=${Math.max(0, count - 200)}`,
    'one host': `path=dog_trainer/hosts_sup/host:${hostkey(count - 1)}`,
    ...Object.fromEntries(ACTOR_SORTS.map((sort) => [`flat, sort=${sort}`, `flat=true&sort=${sort}`])),
    'flat, largest page': 'flat=true&limit=1000&sort=mailbox',
  };
}
