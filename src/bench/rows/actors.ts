import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from '../bench.js';
import { byTurns } from '../by-turns.js';
import type { Row } from '../row.js';

const ROUNDS = 5;
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
      const measure = (side: 'ours' | 'nact') => async (): Promise<number> => {
        const library = new URL(`file://${stage.dist}otp/index.js`).href;
        const args = ['--expose-gc', PROGRAM, key, side, String(amount), library];
        const { stdout } = await promisify(execFile)(process.execPath, args);
        return amount / (Number(stdout) / 1000);
      };
      const { work, nact } = await byTurns(ROUNDS, { work: measure('ours'), nact: measure('nact') });
      rows.push({
        name: `${amount} ${name}`,
        unit: 'per second',
        work,
        floor: { what: 'plain nact', samples: nact },
        bound: { of: 'ratio', at: 'least', limit: times },
      });
    }
    return rows;
  },
};
