import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench, Stage } from '../bench.js';
import { byTurns } from '../by-turns.js';
import type { Row } from '../row.js';

const [ROUNDS, ROUNDS_OF_LOOKS] = [5, 3];
const PROGRAM = fileURLToPath(new URL('../peers/actor-workload.js', import.meta.url));

/** By how many times ours is to be faster: docs/decisions/0035-nact-gives-turns-the-actor-system-is-ours.md. */
const WORKLOADS = [
  { key: 'flood', name: 'messages to one actor', count: 1_000_000, times: 8 },
  { key: 'ping_pong', name: 'round trips between two actors', count: 200_000, times: 1 },
  { key: 'children', name: 'children started (nact: unsupervised)', count: 10_000, times: 1.5 },
] as const;

/** The actor system beside plain nact, each in a process of its own. */
export const ACTORS: Bench = {
  name: 'actors',
  title: 'Actor system beside plain nact',
  async run(stage) {
    const rows: Row[] = [];
    for (const { key, name, count, times } of WORKLOADS) {
      const amount = stage.scaled(count);
      stage.say(`${amount} ${name}`);
      const { work, nact } = await byTurns(ROUNDS, {
        work: () => perSecond(stage, key, 'ours', amount),
        nact: () => perSecond(stage, key, 'nact', amount),
      });
      rows.push({
        name: `${amount} ${name}`,
        unit: 'per second',
        work,
        floor: { what: 'plain nact', samples: nact },
        bound: { of: 'ratio', at: 'least', limit: times },
      });
    }
    return [...rows, ...(await looked(stage))];
  },
};

/** What looking into an actor costs it: messages to it with each look switched on. */
async function looked(stage: Stage): Promise<Row[]> {
  const amount = stage.scaled(500_000);
  stage.say(`${amount} messages to one actor that is looked into`);
  const { ours, ...looks } = await byTurns(ROUNDS_OF_LOOKS, {
    ours: () => perSecond(stage, 'flood', 'ours', amount),
    statistics: () => perSecond(stage, 'flood', 'statistics', amount),
    events: () => perSecond(stage, 'flood', 'events', amount),
    trace: () => perSecond(stage, 'flood', 'trace', amount),
  });
  return Object.entries(looks).map(([look, work]) => ({
    name: `messages to one actor, ${look} switched on`,
    unit: 'per second',
    work,
    floor: { what: 'nothing switched on', samples: ours },
  }));
}

async function perSecond(stage: Stage, workload: string, side: string, amount: number): Promise<number> {
  const library = new URL(`file://${stage.dist}otp/index.js`).href;
  const args = ['--expose-gc', PROGRAM, workload, side, String(amount), library];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return amount / (Number(stdout) / 1000);
}
