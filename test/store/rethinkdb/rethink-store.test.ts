import type { Connection } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Document, JsonObject } from '../../../src/model/document.js';
import { OWN_TABLES, POLICY_TABLES } from '../../../src/model/document.js';
import type { RethinkStoreOptions } from '../../../src/store/rethinkdb/create-rethink-store.js';
import { createRethinkStore } from '../../../src/store/rethinkdb/create-rethink-store.js';
import { Committer } from '../../../src/store/rethinkdb/committer.js';
import { AUDIT, COMMITS, LOCKS } from '../../../src/store/rethinkdb/prepare-database.js';
import { RethinkLink } from '../../../src/store/rethinkdb/rethink-link.js';
import { HIDDEN } from '../../../src/store/rethinkdb/stored-form.js';
import { TableHealth } from '../../../src/store/rethinkdb/table-health.js';
import { Transaction } from '../../../src/store/rethinkdb/transaction.js';
import { StoreStatus } from '../../../src/store/store-status.js';
import type { Store } from '../../../src/store/store.js';
import type { RethinkServer } from '../../support/rethinkdb.js';
import { noRethink, startRethink } from '../../support/rethinkdb.js';
import { BY, create, one, patch, remove, Watcher, written } from '../suite/harness.js';

if (noRethink !== undefined) process.stdout.write(`RethinkDB store skipped: ${noRethink}\n`);

const db = 'dog_several';
let server: RethinkServer;
let beside: Connection;

describe.skipIf(noRethink !== undefined)(`a RethinkDB${noRethink === undefined ? '' : ` (${noRethink})`}`, () => {
  beforeAll(async () => {
    server = await startRethink();
    await (await createRethinkStore(options())).close();
    beside = await server.connect(db);
  });
  afterAll(async () => {
    await beside.close();
    await server.close();
  });
  beforeEach(async () => {
    const tables = await r.tableList().run(beside);
    await Promise.all(tables.map((table) => r.table(table).delete().run(beside)));
  });

  describe('shared by two servers', () => {
    it('has one document of 200 that both make with one name', async () => {
      const stores = [await open(), await open()];
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, i) => at(stores, i).commit([create('zone', { name: 'z', i }, ['name'])], BY)),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(results.every((result) => result.ok || result.failure.reason === 'taken')).toBe(true);
      expect(await at(stores, 0).list('zone')).toHaveLength(1);
      await nothingLeft();
    });

    it('has one document of a name even when one server was slow between looking and writing', async () => {
      const fast = await open();
      const link = await linked();
      let tries = 0;
      class Slow extends Transaction {
        override async commit(...args: Parameters<Transaction['commit']>): ReturnType<Transaction['commit']> {
          tries += 1;
          written(await fast.commit([create('zone', { name: 'z', by: 'fast' }, ['name'])], BY));
          return super.commit(...args);
        }
      }
      const committer = new Committer(link, new Slow(link, () => undefined), Date.now, 5_000);
      const result = await committer.commit([create('zone', { name: 'z', by: 'slow' }, ['name'])], { author: 'slow' });
      expect(result).toMatchObject({ ok: false, failure: { reason: 'taken', existing: { doc: { by: 'fast' } } } });
      expect(tries).toBe(1);
      expect(await fast.list('zone')).toHaveLength(1);
      await nothingLeft();
    });

    it.each([true, false])('loses none of the edits that both make to one document (audited: %s)', async (audit) => {
      const stores = [await open(), await open()];
      written(await at(stores, 0).commit([create('setting', { id: 'n', count: 0 })], BY));
      const results = await Promise.all(
        Array.from({ length: 40 }, (_, i) => at(stores, i).commit([add('n')], { ...BY, audit })),
      );
      expect(results.every(({ ok }) => ok)).toBe(true);
      expect((await at(stores, 1).get('setting', 'n'))?.doc).toEqual({ id: 'n', count: 40 });
      if (audit) {
        const entries = await at(stores, 0).audit({ id: 'n', limit: 100 });
        expect(entries.map(({ after }) => (after as JsonObject)['count'])).toEqual(expect.arrayContaining([0, 20, 40]));
        expect(new Set(entries.map(({ seq }) => seq)).size).toBe(41);
      }
      await nothingLeft();
    });

    it('keeps together what both change together', async () => {
      const stores = [await open(), await open()];
      for (const id of ['a', 'b', 'c']) written(await at(stores, 0).commit([create('setting', { id, count: 0 })], BY));
      const pairs = [['a', 'b'], ['b', 'c'], ['c', 'a']]; // prettier-ignore
      await Promise.all(
        Array.from({ length: 45 }, async (_, i) =>
          written(await at(stores, i).commit((pairs[i % 3] ?? []).map(add), { ...BY, audit: i % 2 === 0 })),
        ),
      );
      const counts = (await at(stores, 0).list('setting')).map(({ doc }) => doc['count']);
      expect(counts).toEqual([30, 30, 30]);
      await nothingLeft();
    });
  });

  describe('written to by a server that may no longer lead', () => {
    it('takes back a commit whose fence comes after all its locks are taken', async () => {
      const store = await open();
      written(await store.commit([create('zone', { id: 'old', n: 1 })], BY));
      const link = await linked();
      const fence = { term: 3, until: (await store.now()) + 1_000 };
      let locked = 0;
      class Slow extends Transaction {
        override commit(...args: Parameters<Transaction['commit']>): ReturnType<Transaction['commit']> {
          const [writes, names, audit, by, check] = args;
          return super.commit(writes, names, audit, by, async () => {
            const row = (await r.table('zone').get('old').run(beside)) as Document;
            locked = 'lock' in (row[HIDDEN] as JsonObject) ? await lying() : 0;
            await until(async () => (await store.now()) >= fence.until);
            return check();
          });
        }
      }
      const committer = new Committer(link, new Slow(link, () => undefined), Date.now, 5_000);
      const steps = [patch('zone', 'old', { n: 2 }), create('zone', { id: 'new', name: 'z' }, ['name'])];
      await expect(committer.commit(steps, { author: 'slow', fence })).rejects.toMatchObject({ code: 'fenced' });
      expect(locked).toBe(1);
      await nothingLeft();
      expect((await store.list('zone')).map(({ doc }) => doc)).toEqual([{ id: 'old', n: 1 }]);
      written(await store.commit(steps, BY));
    });

    it.each([-1, 1])('goes by its own clock when that of the server is off by %i h', async (hours) => {
      const store = await open();
      const now = await store.now();
      const { now: real } = Date;
      vi.spyOn(Date, 'now').mockImplementation(() => real() + hours * 3_600_000);
      onTestFinished(() => void vi.restoreAllMocks());
      expect(Math.abs((await store.now()) - now)).toBeLessThan(60_000);
      for (const audit of [false, true]) {
        const by = { ...BY, audit };
        const past = store.commit([create('zone', { id: 'a' })], { ...by, fence: { term: 1, until: now } });
        await expect(past).rejects.toMatchObject({ code: 'fenced' });
        const fence = { term: 1, until: now + 1_800_000 };
        written(await store.commit([create('zone', { id: `b${audit}` })], { ...by, fence }));
      }
    });
  });

  describe('with a commit that its server left lying', () => {
    /** What a server leaves that dies in the midst of a commit of two steps: an edit of `old` and a new `new`. */
    async function leave(state: 'pending' | 'committed', age: number): Promise<Store> {
      const store = await open({ sweepMs: 50 });
      written(await store.commit([create('zone', { id: 'old', n: 1 })], BY));
      const row = (await r.table('zone').get('old').run(beside)) as Document;
      const writes = [
        { table: 'zone', id: 'old', after: { ...row, n: 2 } },
        { table: 'zone', id: 'new', after: { id: 'new', n: 2, [HIDDEN]: { revision: 1 } } },
      ];
      const record = { id: 'left', state, writes, audit: [] };
      await r.table('zone').insert({ id: 'new', [HIDDEN]: { absent: true, lock: 'left' } }).run(beside); // prettier-ignore
      await r.table('zone').get('old').update({ [HIDDEN]: { lock: 'left' } }).run(beside); // prettier-ignore
      await r
        .table('dog_trainer_commit')
        .insert({ ...record, at: r.now().toEpochTime().sub(age) })
        .run(beside);
      return store;
    }
    const all = async (store: Store) =>
      Object.fromEntries((await store.list('zone')).map(({ doc }) => [doc.id, doc['n']]));

    it('shows nothing of it while it is undecided, and takes it back when it is old', async () => {
      const store = await leave('pending', 4);
      expect(await all(store)).toEqual({ old: 1 });
      expect(await store.get('zone', 'new')).toBeUndefined();
      await until(async () => (await lying()) === 0);
      expect(await all(store)).toEqual({ old: 1 });
      expect(await r.table('zone').count().run(beside)).toBe(1);
      written(await store.commit([patch('zone', 'old', { n: 3 }), create('zone', { id: 'new', n: 4 })], BY));
      expect(await all(store)).toEqual({ old: 3, new: 4 });
    });

    it('finishes it when it was decided, and tells watchers', async () => {
      const store = await leave('committed', 10);
      const watcher = new Watcher(store, 'zone');
      await watcher.until(({ rows }) => rows.get('old')?.['n'] === 2 && rows.get('new')?.['n'] === 2);
      await until(async () => (await lying()) === 0);
      expect(await all(store)).toEqual({ old: 2, new: 2 });
      await watcher.feed.close();
    });

    it('gets a decided one out of the way of the next writer at once', async () => {
      const store = await leave('committed', 0);
      written(await store.commit([add('old', 'zone', 'n')], { ...BY, audit: false }));
      expect(await all(store)).toEqual({ old: 3, new: 2 });
    });

    it('takes off the lock of a commit that is gone', async () => {
      const store = await leave('pending', 0);
      await r.table('dog_trainer_commit').delete().run(beside);
      written(await store.commit([add('old', 'zone', 'n'), remove('zone', 'old')], BY));
      expect(await store.commit([create('zone', { id: 'new', n: 9 })], BY)).toMatchObject({ ok: true });
      expect(await all(store)).toEqual({ new: 9 });
    });
  });

  it('of the old server: documents are read, edited and watched without loss', async () => {
    const old = {
      id: 'p1',
      name: 'web',
      version: '1.0',
      created: 1428428896123456,
      rules: { inbound: [{ action: 'ACCEPT', order: 1, service: 'any' }], outbound: [] },
      strange: { $key: null, list: [1, [2, { a: 'b' }]] },
    };
    await r.table('profile').insert(old).run(beside);
    const store = await open();
    expect((await store.get('profile', 'p1'))?.doc).toEqual(old);
    expect(await store.find('profile', 'name', 'web')).toHaveLength(1);
    const watcher = new Watcher(store, 'profile');
    await watcher.until(({ rows }) => rows.size === 1);
    const first = one(await store.commit([patch('profile', 'p1', { version: '2.0' })], BY));
    await r.table('profile').get('p1').update({ docker: true }).run(beside);
    await watcher.until(({ rows }) => rows.get('p1')?.['docker'] === true);
    expect(watcher.rows.get('p1')).toEqual({ ...old, version: '2.0', docker: true });
    const changes = watcher.events.flatMap((event) => (event.type === 'changes' ? event.changes : []));
    expect(changes).toEqual([
      { id: 'p1', before: old, after: { ...old, version: '2.0' } },
      { id: 'p1', before: { ...old, version: '2.0' }, after: { ...old, version: '2.0', docker: true } },
    ]);
    expect(first.revision).toBeGreaterThan(0);
    expect(await store.get('profile', 'p1')).toMatchObject({ doc: { rules: old.rules, docker: true } });
    await watcher.feed.close();
  });

  it('keeps its tables when a server starts, and gets the first row of ipset only if there is none', async () => {
    await r.table('zone').insert({ id: 'there' }).run(beside);
    const first = await open();
    expect(await first.list('ipset')).toMatchObject([{ doc: { hash: 'initial', name: 'global' } }]);
    await first.commit([{ op: 'remove', table: 'ipset', id: 'initial' }, create('ipset', { hash: 'x' })], BY);
    const second = await open();
    expect(await second.list('ipset')).toMatchObject([{ doc: { hash: 'x' } }]);
    expect(await second.list('zone')).toHaveLength(1);
  });

  it('is made by several servers that start together on an empty one: every table once, with its indexes', async () => {
    for (const db of ['dog_race_1', 'dog_race_2']) {
      const stores = await Promise.all([1, 2, 3].map(() => open({ db })));
      await until(async () => stores.every((store) => store.state().up));
      await Promise.all(
        stores.map(async (store, i) => written(await store.commit([create('host', { id: `h${i}`, name: 'n' })], BY))),
      );
      for (const store of stores) {
        expect(await store.list('ipset')).toHaveLength(1);
        expect(await store.find('host', 'name', 'n')).toHaveLength(3);
      }
      const connection = await server.connect(db);
      const tables = await r.tableList().run(connection);
      await connection.close();
      expect(tables.sort()).toEqual([...POLICY_TABLES, ...OWN_TABLES, COMMITS, LOCKS, AUDIT].sort());
      const names = r.db('rethinkdb').table('table_config').filter({ db })('name');
      expect((await names.run(beside)).sort()).toEqual(tables);
    }
  }, 120_000);

  it('refuses ids that it cannot hold, and finds none', async () => {
    const store = await open();
    for (const id of ['x'.repeat(128), 'a\0b']) {
      expect(await store.get('zone', id)).toBeUndefined();
      await expect(store.commit([create('zone', { id })], BY)).rejects.toThrow(TypeError);
      expect(await store.commit([patch('zone', id, {})], BY)).toMatchObject({ failure: { reason: 'not_found' } });
    }
    await expect(store.commit([create('zone', { [HIDDEN]: {} })], BY)).rejects.toThrow(HIDDEN);
  });
});

function options(more: Partial<RethinkStoreOptions> = {}): RethinkStoreOptions {
  return { servers: [{ host: server.host, port: server.port }], db, squashS: 0, ...more };
}

async function open(more: Partial<RethinkStoreOptions> = {}): Promise<Store> {
  const store = await createRethinkStore(options(more));
  onTestFinished(() => store.close());
  return store;
}

/** A connection of the test's own, for a committer that is not quite as it should be. */
async function linked(): Promise<RethinkLink> {
  const servers = [{ host: server.host, port: server.port }];
  const to = { servers, db, user: 'admin', password: '', timeoutMs: 5_000 };
  const health = new TableHealth(Date.now, () => undefined);
  const link = new RethinkLink(to, new StoreStatus(Date.now), health, () => Promise.resolve());
  await link.start();
  onTestFinished(() => link.close());
  return link;
}

function at(stores: readonly Store[], i: number): Store {
  const store = stores[i % stores.length];
  if (store === undefined) throw new Error('no store');
  return store;
}

function add(id: string, table: unknown = 'setting', field: unknown = 'count') {
  const key = typeof field === 'string' ? field : 'count';
  const edit = (doc: Document): Document => ({ ...doc, [key]: Number(doc[key]) + 1 });
  return { op: 'edit', table: table === 'zone' ? 'zone' : 'setting', id, edit } as const;
}

function lying(): Promise<number> {
  return r.table('dog_trainer_commit').count().run(beside);
}

/** No record and no lock stays behind when all is quiet. */
async function nothingLeft(): Promise<void> {
  expect(await lying()).toBe(0);
  for (const table of ['zone', 'setting', 'dog_trainer_lock']) {
    expect(await r.table(table).filter((row: never) => r.expr(row)(HIDDEN).hasFields('lock')).count().run(beside)).toBe(0); // prettier-ignore
  }
}

async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}
