import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DeadLetters } from '../../src/actors/dead-letters.js';
import { loadConfig } from '../../src/config/load.js';
import { createLogger } from '../../src/log/create-logger.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const { log } = createLogger(loadConfig({ set: ['log.level=silent'] }).config.log);
const letter = (n: number) => ({ at: n, queue: 'ips', reason: 'r', detail: `letter ${n}`, body: Buffer.from('body') });
const details = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { detail: string }).detail);

it('keeps dead letters over restarts, and at most two files of them', async () => {
  const path = join(temporaryDirectory(), 'folder', 'dead-letters.ndjson');
  // A new server for every letter.
  for (let n = 1; n <= 5; n++) await new DeadLetters({ path, max: 3, log }).add(letter(n));
  expect(details(`${path}.old`)).toEqual(['letter 1', 'letter 2', 'letter 3']);
  expect(details(path)).toEqual(['letter 4', 'letter 5']);
  const one = new DeadLetters({ path, max: 3, log });
  for (let n = 6; n <= 8; n++) await one.add(letter(n));
  expect(details(`${path}.old`)).toEqual(['letter 4', 'letter 5', 'letter 6']);
  expect(details(path)).toEqual(['letter 7', 'letter 8']);
  expect(one.total).toBe(3);
  expect(existsSync(`${path}.old.old`)).toBe(false);
});
