import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DeadLetters } from '../../src/actors/intake/dead-letters.js';
import { loadConfig } from '../../src/config/load.js';
import { createLogger } from '../../src/log/create-logger.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const { log } = createLogger(loadConfig({ set: ['log.level=silent'] }).config.log);
function letter(n: number) {
  return { at: n, queue: 'ips', reason: 'r', detail: `letter ${n}`, body: Buffer.from('body') };
}
const ages = { maxAgeMs: 1000, now: () => 500 };
function details(path: string): string[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { detail: string }).detail);
}

it('keeps dead letters over restarts, and at most two files of them', async () => {
  const path = join(temporaryDirectory(), 'folder', 'dead-letters.ndjson');
  // A new server for every letter.
  for (let n = 1; n <= 5; n++) await new DeadLetters({ path, max: 3, ...ages, log }).add(letter(n));
  expect(details(`${path}.old`)).toEqual(['letter 1', 'letter 2', 'letter 3']);
  expect(details(path)).toEqual(['letter 4', 'letter 5']);
  const one = new DeadLetters({ path, max: 3, ...ages, log });
  for (let n = 6; n <= 8; n++) await one.add(letter(n));
  expect(details(`${path}.old`)).toEqual(['letter 4', 'letter 5', 'letter 6']);
  expect(details(path)).toEqual(['letter 7', 'letter 8']);
  expect(one.total).toBe(3);
  expect(existsSync(`${path}.old.old`)).toBe(false);
});

it('lets letters go when they are old, at the next letter or without one', async () => {
  const path = join(temporaryDirectory(), 'dead-letters.ndjson');
  let now = 0;
  const open = (): DeadLetters => new DeadLetters({ path, max: 100, maxAgeMs: 1000, now: () => now, log });
  const running = open();
  for (const at of [0, 600, 1001]) {
    now = at;
    await running.add(letter(at));
  }
  // The letter of 600 is young enough; it keeps the older one of its file.
  expect([details(`${path}.old`), details(path)]).toEqual([['letter 0', 'letter 600'], ['letter 1001']]);
  now = 1601;
  await open().tidy();
  expect([existsSync(`${path}.old`), details(path)]).toEqual([false, ['letter 1001']]);
  now = 2002;
  await running.tidy();
  expect([existsSync(`${path}.old`), existsSync(path)]).toEqual([false, false]);
  await running.add(letter(2002));
  expect(details(path)).toEqual(['letter 2002']);
});

it('does not choke on a line that a crash tore', async () => {
  const path = join(temporaryDirectory(), 'dead-letters.ndjson');
  writeFileSync(path, '{"at":1,"que\n');
  await new DeadLetters({ path, max: 3, ...ages, log }).add(letter(400));
  expect(details(path)).toEqual(['letter 400']);
});

it('logs a line each, but no thousand a minute: the rest is counted, and told of in the next minute', async () => {
  let now = 1_000_000;
  const lines: string[] = [];
  const note = (_fields: object, message: string) => void lines.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const letters = new DeadLetters({ path: undefined, max: 10, maxAgeMs: 1e9, now: () => now, log });
  const bad = { at: now, queue: 'ips', reason: 'malformed_term', detail: 'rubbish', body: Buffer.of(1) };
  for (let n = 0; n < 1000; n++) await letters.add(bad);
  expect(lines).toHaveLength(61);
  expect(lines.at(-1)).toContain('too many messages are refused');
  now += 60_000;
  await letters.add(bad);
  expect(lines.slice(61)).toEqual(['so many more messages were refused and not logged', 'message refused: rubbish']);
  expect(letters.total).toBe(1001);
});
