import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeWholeFile } from '../../src/files/write-whole-file.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { mountTmpfs, noTmpfs } from '../support/tmpfs.js';

if (noTmpfs !== undefined) process.stdout.write(`a full disk under a file written whole skipped: ${noTmpfs}\n`);

it('writes over a file only where it may, for its owner alone, and leaves nothing beside it', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'file');
  await writeWholeFile(file, 'one', { over: false });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(writeWholeFile(file, 'two', { over: false })).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readFileSync(file, 'utf8')).toBe('one');
  writeFileSync(file, 'one of a wider mode', { mode: 0o644 });
  await writeWholeFile(file, 'three', { over: true });
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['three', 0o600]);
  expect(readdirSync(directory)).toEqual(['file']);
});

it('refuses a directory that is not there', async () => {
  const file = join(temporaryDirectory(), 'none', 'file');
  await expect(writeWholeFile(file, 'text', { over: true })).rejects.toMatchObject({ code: 'ENOENT' });
});

it.skipIf(noTmpfs !== undefined)('leaves the file as it was when the disk is full before all is written', async () => {
  const directory = mountTmpfs(1);
  const file = join(directory, 'file');
  writeFileSync(file, 'as it was');
  await expect(writeWholeFile(file, 'x'.repeat(2_000_000), { over: true })).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(readFileSync(file, 'utf8')).toBe('as it was');
  expect(readdirSync(directory)).toEqual(['file']);
});
