import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GrowthOrder, GrowthWord } from './growth-subjects.js';

const CHILD = fileURLToPath(new URL('./growth-child.js', import.meta.url));

/** One sample, in milliseconds, taken in a process of its own. Rejects with why it could not be taken. */
export async function growthSample(order: GrowthOrder): Promise<number> {
  const child = fork(CHILD, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const told: GrowthWord[] = [];
  child.on('message', (word: GrowthWord) => told.push(word));
  const ended = once(child, 'exit');
  child.send(order);
  await ended;
  const [word] = told;
  if (word !== undefined && 'ms' in word) return word.ms;
  throw new Error(word?.failed ?? 'its process ended without an answer');
}
