import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchOrder, BenchWord } from './bench-word.js';
import type { Row } from './row.js';

const CHILD = fileURLToPath(new URL('./bench-child.js', import.meta.url));

/** Runs one bench in a process of its own. Rejects with why it could not be measured, also when it takes longer than `limitMs`. */
export function runBench(order: BenchOrder, limitMs: number, say: (text: string) => void): Promise<readonly Row[]> {
  const child = fork(CHILD, { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      reject(new Error(`not done after ${limitMs / 1000} s`));
    }, limitMs);
    let outcome: Exclude<BenchWord, { readonly say: string }> | undefined;
    child.on('message', (word: BenchWord) => {
      if ('say' in word) say(word.say);
      else outcome = word;
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (outcome !== undefined && 'rows' in outcome) resolve(outcome.rows);
      else reject(new Error(outcome?.failed ?? `its process ended with ${code ?? signal ?? 'nothing'}`));
    });
    child.send(order);
  });
}
