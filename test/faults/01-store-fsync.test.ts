import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';

const COUNT = 20;
const REGISTER = fileURLToPath(new URL('../support/register-typescript.mjs', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./programs/write-in-turn.ts', import.meta.url));

const noStrace: string | undefined =
  spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
    ? undefined
    : 'strace is not installed, or may not trace';
if (noStrace !== undefined) process.stdout.write(`trial 1, fsync before the answer, skipped: ${noStrace}\n`);

/** Trial 1, for the power cut that no test can make: the system calls between the asking and the answer. */
it.skipIf(noStrace !== undefined)('the log is synced to the disk between every write asked for and its answer', () => {
  expect(answeredUnsynced()).toEqual([]);
  // The same look finds a store that answers without the sync.
  const found = answeredUnsynced('without-sync');
  expect(found).toHaveLength(COUNT);
  process.stdout.write(
    `trial 1: ${COUNT} writes, each with fdatasync between the asking and the answer; ` +
      `protection off: ${found.length} of ${COUNT} answered without\n`,
  );
});

/** Runs the writer under strace; gives the writes that were answered before they were synced, in words. */
function answeredUnsynced(...how: readonly string[]): readonly string[] {
  const directory = temporaryDirectory();
  const path = join(directory, 'dog_trainer.db');
  // A file of its own: what the program itself says on standard error does not come between.
  const traced = join(directory, 'trace');
  const node = [process.execPath, '--import', REGISTER, PROGRAM, path, String(COUNT), ...how];
  const calls = 'trace=write,pwrite64,fdatasync,fsync';
  const { stderr, status } = spawnSync('strace', ['-f', '-y', '-o', traced, '-e', calls, ...node], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(status, stderr.slice(-2_000)).toBe(0);
  const trace = readFileSync(traced, 'utf8');
  const writes = trace.split('\n').filter((line) => /\bwrite\(/.test(line));
  const found: string[] = [];
  for (let n = 0; n < COUNT; n++) {
    const asked = trace.indexOf(`"asked ${n}\\n"`);
    const answered = trace.indexOf(`"answered ${n}\\n"`);
    expect([asked >= 0, answered > asked], `write ${n} in ${writes.join('\n')}`).toEqual([true, true]);
    const between = trace.slice(asked, answered).split('\n');
    const written = between.findLastIndex((line) => /pwrite64\(.*dog_trainer\.db-wal/.test(line));
    expect(written, `write ${n} reached the log`).toBeGreaterThanOrEqual(0);
    // Another thread syncs, so its return may be on a line of its own ("resumed").
    const called = between.findLastIndex((line) => /fdatasync\(\d+<.*dog_trainer\.db-wal>/.test(line));
    const returned = between.findLastIndex((line) => /fdatasync(\(| resumed).*= 0$/.test(line));
    if (called <= written) found.push(`write ${n}: no sync asked for after the last write to the log`);
    else if (returned < called) found.push(`write ${n}: answered before the sync was done`);
  }
  return found;
}
