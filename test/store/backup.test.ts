import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { backupCommand, restoreCommand } from '../../src/cli/backup.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { runTypescript } from '../support/typescript-child.js';
import { BY, create, one, patch, Watcher, written } from './suite/harness.js';

const HOLDER = new URL('../faults/programs/hold-store.ts', import.meta.url);

let data: string;
let file: string;
let path: string;
beforeEach(() => {
  data = temporaryDirectory();
  path = join(data, 'dog_trainer.db');
  file = join(temporaryDirectory(), 'backup.db');
});

function run(command: typeof backupCommand): { code: number; out: string; err: string } {
  let [out, err] = ['', ''];
  const code = command(data, file, { write: (text) => (out += text) }, { write: (text) => (err += text) });
  return { code, out, err };
}

async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = await createSqliteStore({ path });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function zones(store: Store) {
  return store.list('zone').then((rows) => rows.map(({ doc }) => doc));
}

describe('backup and restore', () => {
  it('bring back what was, with its audit trail, and keep what was there aside', async () => {
    await withStore((store) => store.commit([create('zone', { id: 'a', n: 1 })], { author: 'ann' }));
    expect(run(backupCommand)).toEqual({
      code: 0,
      out: `backed up 1 document (up to change 1) to ${file}\n`,
      err: '',
    });
    await withStore((store) => store.commit([patch('zone', 'a', { n: 2 }), create('zone', { id: 'b' })], BY));
    const { code, out, err } = run(restoreCommand);
    expect([code, err]).toEqual([0, '']);
    const aside = /kept: (.*)\n/.exec(out)?.[1] ?? '';
    expect(existsSync(aside)).toBe(true);
    await withStore(async (store) => {
      expect(await zones(store)).toEqual([{ id: 'a', n: 1 }]);
      expect(await store.audit({ limit: 10 })).toMatchObject([{ author: 'ann', id: 'a' }]);
    });
    file = aside;
    expect(run(restoreCommand).code).toBe(0);
    await withStore(async (store) => expect(await zones(store)).toEqual([{ id: 'a', n: 2 }, { id: 'b' }]));
  });

  it('back up a store that is open and being written to, as of one moment', async () => {
    const child = runTypescript(HOLDER, [path, 'busy']);
    await child.firstLine;
    const counts: number[] = [];
    while (counts.length < 5) {
      const { code, out, err } = run(backupCommand);
      expect([code, err]).toEqual([0, '']);
      const count = Number(/up (\d+) documents/.exec(out)?.[1]);
      if (count > (counts.at(-1) ?? 0)) counts.push(count);
    }
    expect(run(restoreCommand)).toEqual({
      code: 1,
      out: '',
      err: `dog-trainer restore: ${path} is in use by process ${child.process.pid}; only one server may open it\n`,
    });
    child.process.kill('SIGKILL');
    await child.ended;
    // Taken of a store that was killed, it leaves its log for the next start.
    expect(run(backupCommand).code).toBe(0);
    expect(existsSync(`${path}-wal`)).toBe(true);
    await withStore(async (store) =>
      expect((await store.list('zone')).length).toBeGreaterThanOrEqual(counts.at(-1) ?? 0),
    );
  });

  it('restore into an empty folder', async () => {
    await withStore((store) => store.commit([create('zone', { id: 'a' })], BY));
    run(backupCommand);
    data = join(temporaryDirectory(), 'new');
    path = join(data, 'dog_trainer.db');
    expect(run(restoreCommand)).toEqual({
      code: 0,
      out: `restored 1 document (up to change 1) from ${file}\n`,
      err: '',
    });
    await withStore(async (store) => expect(await zones(store)).toEqual([{ id: 'a' }]));
  });

  it('restore over a damaged database', async () => {
    await withStore((store) => store.commit([create('zone', { id: 'a' })], BY));
    run(backupCommand);
    const damaged = readFileSync(path).fill(0x55, 100);
    writeFileSync(path, damaged);
    const { code, out } = run(restoreCommand);
    expect(code).toBe(0);
    expect(readFileSync(/kept: (.*)\n/.exec(out)?.[1] ?? '').equals(damaged)).toBe(true);
    await withStore(async (store) => expect(await zones(store)).toEqual([{ id: 'a' }]));
  });

  it('give no cursor and no revision from before a new meaning', async () => {
    const before = await withStore(async (store) => {
      written(await store.commit([create('zone', { id: 'a', n: 1 })], BY));
      run(backupCommand);
      const { revision } = one(await store.commit([patch('zone', 'a', { n: 2 })], BY));
      const watcher = new Watcher(store, 'zone');
      await watcher.until(({ events }) => events.length > 0);
      return { revision, cursor: watcher.cursor };
    });
    run(restoreCommand);
    await withStore(async (store) => {
      const { revision } = one(await store.commit([patch('zone', 'a', { n: 3 })], BY));
      expect(revision).toBeGreaterThan(before.revision);
      const watcher = new Watcher(store, 'zone', before.cursor);
      await watcher.until(({ events }) => events.length > 0);
      expect(watcher.events[0]?.type).toBe('snapshot');
    });
  });

  it.each<[string, () => void, RegExp]>([
    ['is not there', () => undefined, /there is no backup/],
    ['is no database', () => writeFileSync(file, 'x'.repeat(10_000)), /damaged/],
    ['is empty', () => writeFileSync(file, ''), /not one of dog-trainer/],
    ['has a flipped byte', () => writeFileSync(file, flipped(path)), /check sum/],
  ])('restore refuses a backup that %s, and leaves all as it was', async (_what, make, message) => {
    await withStore((store) =>
      store.commit([create('zone', { id: 'a', address: '192.0.2.77' })], { ...BY, audit: false }),
    );
    make();
    const before = readFileSync(path);
    const { code, out, err } = run(restoreCommand);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
    expect(err).toContain(file);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(data).filter((name) => name.includes('restor'))).toEqual([]);
  });

  it('backup refuses to overwrite the database, a missing one, and a folder that is not there', async () => {
    expect(run(backupCommand)).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no database') as string,
    });
    expect(existsSync(path)).toBe(false);
    await withStore((store) => store.commit([create('zone', { id: 'a' })], BY));
    file = path;
    expect(run(backupCommand)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is the database itself') as string,
    });
    file = join(data, 'nowhere', 'backup.db');
    expect(run(backupCommand)).toMatchObject({ code: 1, err: expect.stringContaining('nowhere') as string });
    await withStore(async (store) => expect(await zones(store)).toEqual([{ id: 'a' }]));
  });

  it('a backup that fails leaves the one before it', async () => {
    await withStore((store) =>
      store.commit([create('zone', { id: 'a', address: '192.0.2.77' })], { ...BY, audit: false }),
    );
    run(backupCommand);
    const good = readFileSync(file);
    writeFileSync(path, flipped(path));
    expect(run(backupCommand)).toMatchObject({ code: 1, err: expect.stringContaining('check sum') as string });
    expect(readFileSync(file).equals(good)).toBe(true);
    expect(existsSync(`${file}.partial`)).toBe(false);
  });
});

/** The database at `path` with a digit of the address 192.0.2.77 changed. */
function flipped(path: string): Buffer {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('192.0.2.77');
  expect(at).toBeGreaterThan(0);
  bytes[at] = '8'.charCodeAt(0);
  return bytes;
}
