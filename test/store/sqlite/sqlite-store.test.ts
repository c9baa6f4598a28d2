import { Database } from '../../../src/sqlite/database.js';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SqliteStoreOptions } from '../../../src/store/sqlite/create-sqlite-store.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { openLogSync } from '../../../src/store/sqlite/log-sync.js';
import type { Store, StoreState } from '../../../src/store/store.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { runTypescript } from '../../support/typescript-child.js';
import { BY, create, one, patch, remove, Watcher, written } from '../suite/harness.js';

const HOLDER = new URL('../../faults/programs/hold-store.ts', import.meta.url);

function somewhere(): string {
  return join(temporaryDirectory(), 'data', 'dog_trainer.db');
}

async function open(options: SqliteStoreOptions): Promise<Store> {
  const store = await createSqliteStore(options);
  onTestFinished(() => store.close());
  return store;
}

describe('opening', () => {
  it('makes folder and file for its owner alone', async () => {
    const path = somewhere();
    await open({ path });
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777, suffix).toBe(0o600);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('is refused while this process has it open, and works once that is closed', async () => {
    const path = somewhere();
    const first = await open({ path });
    await expect(createSqliteStore({ path })).rejects.toMatchObject({
      code: 'busy',
      message: `${path} is in use by process ${process.pid}; only one server may open it`,
    });
    written(await first.commit([create('zone', { id: 'still mine' })], BY));
    await first.close();
    expect(await (await open({ path })).list('zone')).toHaveLength(1);
  });

  it('is refused while another process has it open, named, and works once that was killed', async () => {
    const path = somewhere();
    const child = runTypescript(HOLDER, [path]);
    await child.firstLine;
    await expect(createSqliteStore({ path })).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining(`process ${child.process.pid}`) as string,
    });
    child.process.kill('SIGKILL');
    await child.ended;
    await open({ path });
  });

  it.each<[string, (path: string) => void, RegExp]>([
    [
      'of a newer program',
      (path) => void withDatabase(path, (db) => db.pragma('user_version = 99')),
      /schema version 99/,
    ],
    [
      'of another program',
      (path) => void withDatabase(path, (db) => db.pragma('application_id = 7')),
      /not one of dog-trainer/,
    ],
  ])('refuses a database %s', async (_what, change, message) => {
    const path = somewhere();
    await (await createSqliteStore({ path })).close();
    change(path);
    await expect(createSqliteStore({ path })).rejects.toMatchObject({ code: 'incompatible', retry: false, message });
    // A refused start must not keep the lock.
    await expect(createSqliteStore({ path })).rejects.toMatchObject({ code: 'incompatible' });
  });

  it('refuses what is no database, and says so', async () => {
    const path = join(temporaryDirectory(), 'dog_trainer.db');
    writeFileSync(path, 'not a database '.repeat(100));
    await expect(createSqliteStore({ path })).rejects.toMatchObject({ code: 'corrupt', retry: false });
  });

  it('refuses tables that are not those of its schema', async () => {
    const path = somewhere();
    await (await createSqliteStore({ path })).close();
    withDatabase(path, (db) => db.exec('ALTER TABLE audit RENAME COLUMN author TO culprit'));
    await expect(createSqliteStore({ path })).rejects.toMatchObject({ code: 'corrupt', message: /schema version/ });
  });

  it('refuses a document that was written past it', async () => {
    const path = somewhere();
    const store = await createSqliteStore({ path });
    written(await store.commit([create('zone', { id: 'z', n: 1 })], BY));
    await store.close();
    withDatabase(path, (db) => db.exec(`UPDATE documents SET doc = '{"id":"z","n":2}'`));
    await expect(createSqliteStore({ path })).rejects.toMatchObject({
      code: 'corrupt',
      message: /document z of table zone does not match its check sum/,
    });
  });

  it('in memory needs no file', async () => {
    const store = await open({ path: ':memory:' });
    written(await store.commit([create('zone', { id: 'z' })], BY));
    expect(await store.list('zone')).toHaveLength(1);
  });
});

describe('a foreign lock', () => {
  it('is waited for, while reads go on', async () => {
    const path = somewhere();
    const store = await open({ path });
    written(await store.commit([create('zone', { id: 'z', n: 0 })], BY));
    const foreign = new Database(path);
    foreign.exec('BEGIN IMMEDIATE');
    const pending = store.commit([patch('zone', 'z', { n: 1 })], BY);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await store.get('zone', 'z'))?.doc).toEqual({ id: 'z', n: 0 });
    expect(store.state().up).toBe(true);
    foreign.exec('ROLLBACK');
    foreign.close();
    expect(one(await pending).doc).toEqual({ id: 'z', n: 1 });
  });

  it('that stays is told as busy, and is over when it is let go', async () => {
    const path = somewhere();
    const store = await open({ path, busyMs: 30, probeMs: 5 });
    const states: StoreState[] = [];
    store.onState((state) => states.push(state));
    const foreign = new Database(path);
    foreign.exec('BEGIN IMMEDIATE');
    await expect(store.commit([create('zone', { id: 'z' })], BY)).rejects.toMatchObject({ code: 'busy', retry: true });
    expect(store.state()).toMatchObject({ up: false, reason: expect.stringContaining('locked') as string });
    expect(await store.list('zone')).toEqual([]);
    foreign.exec('ROLLBACK');
    foreign.close();
    while (!store.state().up) await new Promise((resolve) => setTimeout(resolve, 5));
    written(await store.commit([create('zone', { id: 'z' })], BY));
    await Promise.resolve();
    expect(states.map(({ up }) => up)).toEqual([false, true]);
  });

  it('lets no more commits pile up than allowed', async () => {
    const path = somewhere();
    const store = await open({ path, maxWaiting: 10 });
    const foreign = new Database(path);
    foreign.exec('BEGIN IMMEDIATE');
    const results = Array.from({ length: 25 }, (_, i) => store.commit([create('zone', { id: `z${i}` })], BY));
    const settled = Promise.allSettled(results);
    foreign.exec('ROLLBACK');
    foreign.close();
    const rejected = (await settled).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(rejected).toHaveLength(15);
    for (const reason of rejected) expect(reason).toMatchObject({ code: 'busy' });
    expect(await store.list('zone')).toHaveLength(10);
  });
});

describe('commits that wait together', () => {
  it('share transactions', async () => {
    const path = somewhere();
    const store = await open({ path });
    const reader = new Database(path, { readonly: true });
    onTestFinished(() => void reader.close());
    const seen = new Set<number>();
    const count = reader.prepare<[], number>('SELECT count(*) FROM documents').pluck();
    const commits = Array.from({ length: 400 }, (_, i) =>
      store.commit([create('zone', { id: `z${i}` })], BY).then(() => seen.add(count.get() ?? -1)),
    );
    await Promise.all(commits);
    expect(Math.max(...seen)).toBe(400);
    // As many sizes as transactions: a few, not 400 (how many depends on how fast the machine is).
    expect(seen.size).toBeLessThan(40);
  });

  it('do not stop each other: one throws, one is refused, the rest is written', async () => {
    const path = somewhere();
    const store = await open({ path });
    written(await store.commit([create('zone', { id: 'z', n: 0 })], BY));
    const fault = new Error('broken');
    const settled = await Promise.allSettled([
      store.commit([create('zone', { id: 'a' })], BY),
      store.commit([{ op: 'edit', table: 'zone', id: 'z', edit: () => { throw fault; } }], BY), // prettier-ignore
      store.commit([remove('zone', 'a'), patch('zone', 'none', {})], BY),
      store.commit([create('zone', { id: 'b' })], BY),
    ]);
    expect(settled.map((each): unknown => (each.status === 'rejected' ? each.reason : each.value.ok))).toEqual([
      true,
      fault,
      false,
      true,
    ]);
    await store.close();
    const again = await open({ path });
    expect((await again.list('zone')).map(({ doc }) => doc.id)).toEqual(['z', 'a', 'b']);
  });
});

describe('the disk', () => {
  it('has what was committed before anybody is answered or told', async () => {
    let sync: () => void = () => undefined;
    const slow = () => ({ sync: () => new Promise<void>((resolve) => (sync = resolve)), close: () => undefined });
    const store = await open({ path: somewhere(), openLog: slow });
    const watcher = new Watcher(store, 'zone');
    await watcher.until(({ events }) => events.length > 0);
    let answered = false;
    const commit = store.commit([create('zone', { id: 'z' })], BY).then(() => (answered = true));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    expect(watcher.rows.size).toBe(0);
    sync();
    await commit;
    await watcher.until(({ rows }) => rows.has('z'));
  });

  it('that cannot sync leaves the outcome unknown, takes the store down, and is not trusted with more behind it', async () => {
    let broken = true;
    const openLog = (file: string) => {
      const real = openLogSync(file);
      return { ...real, sync: () => (broken ? Promise.reject(new Error('EIO: i/o error')) : real.sync()) };
    };
    const path = somewhere();
    const store = await open({ path, openLog, probeMs: 5 });
    await expect(store.commit([create('zone', { id: 'a' })], BY)).rejects.toMatchObject({
      code: 'unknown_outcome',
      retry: true,
      message: expect.stringContaining('EIO') as string,
    });
    broken = false;
    while (!store.state().up) await new Promise((resolve) => setTimeout(resolve, 5));
    // What was in the log is in the database file now: a power cut may take the log.
    expect(readFileSync(path).includes('"id":"a"')).toBe(true);
    written(await store.commit([create('zone', { id: 'b' })], BY));
    expect(await store.list('zone')).toHaveLength(2);
  });
});

describe('bounds', () => {
  it('a cursor older than the kept history leads to a snapshot; a quiet table keeps its own', async () => {
    const store = await open({ path: somewhere(), history: { rows: 20 } });
    written(await store.commit([create('zone', { id: 'z' }), create('group', { id: 'g', n: 0 })], BY));
    const watchers = { zone: new Watcher(store, 'zone'), group: new Watcher(store, 'group') };
    for (const watcher of Object.values(watchers)) {
      await watcher.until(({ events }) => events.length > 0);
      await watcher.feed.close();
    }
    for (let n = 1; n <= 50; n++) written(await store.commit([patch('group', 'g', { n })], BY));
    const group = new Watcher(store, 'group', watchers.group.cursor, watchers.group.rows);
    await group.until(({ rows }) => rows.get('g')?.['n'] === 50);
    expect(group.events[0]?.type).toBe('snapshot');
    written(await store.commit([patch('zone', 'z', { n: 1 })], BY));
    const zone = new Watcher(store, 'zone', watchers.zone.cursor, watchers.zone.rows);
    await zone.until(({ rows }) => rows.get('z')?.['n'] === 1);
    expect(zone.events.map(({ type }) => type)).toEqual(['changes']);
  });

  it('too many changes at once are told as a snapshot', async () => {
    const store = await open({ path: somewhere(), replayLimit: 10 });
    const first = new Watcher(store, 'group');
    await first.until(({ events }) => events.length > 0);
    await first.feed.close();
    written(await store.commit([create('group', { id: 'g', n: 0 })], BY));
    for (let n = 1; n <= 10; n++) written(await store.commit([patch('group', 'g', { n })], BY));
    const watcher = new Watcher(store, 'group', first.cursor);
    await watcher.until(({ events }) => events.length > 0);
    expect(watcher.events[0]).toMatchObject({ type: 'snapshot', rows: [{ doc: { n: 10 } }] });
  });

  it('the audit trail is kept by number, by size and by age, newest first', async () => {
    let now = 1_000_000;
    const path = somewhere();
    const kept = async (audit: SqliteStoreOptions['audit']) => {
      const store = await createSqliteStore({ path, now: () => now, audit: audit ?? {} });
      for (let i = 0; i < 40; i++)
        written(await store.commit([create('zone', { n: i, filler: 'x'.repeat(1_000) })], BY));
      const entries = await store.audit({ limit: 1_000 });
      await store.close();
      return entries;
    };
    expect(await kept({ rows: 10 })).toHaveLength(10);
    now += 1_000;
    const bySize = await kept({ bytes: 20_000 });
    expect(bySize.length).toBeGreaterThan(10);
    expect(bySize.length).toBeLessThan(20);
    now += 100_000;
    const byAge = await kept({ ageMs: 50_000 });
    expect(byAge).toHaveLength(40);
    expect(byAge.map(({ after }) => (after as { n: number }).n)).toEqual(Array.from({ length: 40 }, (_, i) => 39 - i));
  });
});

describe('a feed whose callback throws', () => {
  it('ends, and its fault is reported as uncaught; the store and other feeds go on', async () => {
    const store = await open({ path: somewhere() });
    const faults: unknown[] = [];
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => faults.push(error));
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of before) process.on('uncaughtException', listener);
    });
    const fault = new Error('the watcher is broken');
    let calls = 0;
    store.feed('zone', undefined, () => {
      calls += 1;
      throw fault;
    });
    const other = new Watcher(store, 'zone');
    written(await store.commit([create('zone', { id: 'a' })], BY));
    written(await store.commit([create('zone', { id: 'b' })], BY));
    await other.until(({ rows }) => rows.size === 2);
    expect(calls).toBe(1);
    expect(faults).toEqual([fault]);
  });
});

function withDatabase(path: string, change: (db: Database) => unknown): void {
  const db = new Database(path);
  change(db);
  db.close();
}
