import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { BoundedFile } from '../../src/files/bounded-file.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

interface Line {
  readonly at: number;
}

function timesIn(path: string): readonly number[] {
  const text = readFileSync(path, 'utf8').trimEnd();
  return text.split('\n').map((line) => (JSON.parse(line) as Line).at);
}

function fileAt(path: string, now: () => number = () => 0) {
  return new BoundedFile<Line>({ path, maxLines: 3, maxAgeMs: 1000, now });
}

it('holds at most its lines, in the order of the calls, with one older file beside it, over restarts', async () => {
  const path = join(temporaryDirectory(), 'made', 'lines.ndjson');
  const first = fileAt(path);
  await Promise.all([1, 2, 3, 4].map((at) => first.append({ at })));
  expect([timesIn(`${path}.old`), timesIn(path)]).toEqual([[1, 2, 3], [4]]);
  const second = fileAt(path);
  await Promise.all([5, 6, 7].map((at) => second.append({ at })));
  expect([timesIn(`${path}.old`), timesIn(path)]).toEqual([[4, 5, 6], [7]]);
  expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
});

it('lets go of what is older than its age, at the next line or when it is tidied', async () => {
  const path = join(temporaryDirectory(), 'lines.ndjson');
  let now = 0;
  const file = fileAt(path, () => now);
  await file.append({ at: 0 });
  now = 1001;
  await file.append({ at: 1001 });
  // The only line of the older file was too old itself.
  expect([existsSync(`${path}.old`), timesIn(path)]).toEqual([false, [1001]]);
  now = 2002;
  await file.tidy();
  expect(existsSync(path)).toBe(false);
});

it('sets a file aside whose first line is torn', async () => {
  const path = join(temporaryDirectory(), 'lines.ndjson');
  writeFileSync(path, '{"at":1,"que\n{"at":2}\n');
  await fileAt(path).append({ at: 3 });
  expect([timesIn(path), readFileSync(`${path}.old`, 'utf8')]).toEqual([[3], '{"at":1,"que\n{"at":2}\n']);
});

it('says when a line cannot be written, and writes the next one', async () => {
  const path = join(temporaryDirectory(), 'lines.ndjson');
  const file = fileAt(path);
  mkdirSync(path);
  await expect(file.append({ at: 1 })).rejects.toMatchObject({ code: 'EISDIR' });
  rmdirSync(path);
  await file.append({ at: 2 });
  expect(timesIn(path)).toEqual([2]);
});
