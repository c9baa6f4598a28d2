import type { Connection } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { OWN_TABLES, POLICY_TABLES } from '../../../src/model/document.js';
import type { RethinkStoreOptions } from '../../../src/store/rethinkdb/create-rethink-store.js';
import { createRethinkStore } from '../../../src/store/rethinkdb/create-rethink-store.js';
import { AUDIT, COMMITS, LOCKS } from '../../../src/store/rethinkdb/prepare-database.js';
import { HIDDEN } from '../../../src/store/rethinkdb/stored-form.js';
import type { Store } from '../../../src/store/store.js';
import type { RethinkServer } from '../../support/rethinkdb.js';
import { noOwnRethink, startOwnRethink } from '../../support/rethinkdb.js';
import { BY, create, patch, Watcher, written } from '../suite/harness.js';

if (noOwnRethink !== undefined) process.stdout.write(`refusals of RethinkDB skipped: ${noOwnRethink}\n`);

const USER = 'trainer';
let server: RethinkServer;
let beside: Connection;
let databases = 0;

/** What a RethinkDB that runs can refuse: permissions, tables, indexes, the database. */
describe.skipIf(noOwnRethink !== undefined)(
  `a RethinkDB that refuses${noOwnRethink === undefined ? '' : ` (${noOwnRethink})`}`,
  { timeout: 60_000 },
  () => {
    let db: string;
    beforeAll(async () => {
      server = await startOwnRethink();
      beside = await server.connect('rethinkdb');
      await r.table('users').insert({ id: USER, password: 'secret' }).run(beside);
      await r.grant(USER, { read: true, write: true, config: true }).run(beside);
    }, 120_000);
    afterAll(async () => {
      await beside.close();
      await server.close();
    });
    beforeEach(() => {
      databases += 1;
      db = `dog_refuses_${databases}`;
    });

    const open = async (more: Partial<RethinkStoreOptions> = {}): Promise<Store> => {
      const store = await createRethinkStore({
        servers: [{ host: server.host, port: server.port }],
        db,
        user: USER,
        password: 'secret',
        squashS: 0,
        sweepMs: 100,
        ...more,
      });
      onTestFinished(() => store.close());
      return store;
    };
    const grant = (table: string, rights: { readonly read?: boolean; readonly write?: boolean }): Promise<unknown> =>
      r.db(db).table(table).grant(USER, rights).run(beside);
    const troubled = (store: Store): readonly string[] =>
      (store.state().troubles ?? []).map(({ table, reason }) => `${table}: ${reason}`);
    const until = async (done: () => boolean | Promise<boolean>): Promise<void> => {
      while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const tables = (): Promise<readonly string[]> => r.db(db).tableList().run(beside);

    it('a permission to write that is taken away: named with its table, and over when it is given back', async () => {
      const store = await open();
      written(await store.commit([create('ipset', { id: 'a' })], BY));
      await grant('ipset', { write: false });
      await expect(store.commit([patch('ipset', 'a', { n: 1 })], BY)).rejects.toMatchObject({
        code: 'refused',
        retry: true,
        message: expect.stringMatching(
          /table ipset: User `trainer` does not have the required `write` permission$/,
        ) as string,
      });
      expect(store.state().up).toBe(true);
      expect(troubled(store)).toEqual([expect.stringMatching(/^ipset: .*`write` permission$/)]);
      expect((await store.get('ipset', 'a'))?.doc).toEqual({ id: 'a' });
      written(await store.commit([create('zone', { id: 'z' })], BY));
      await grant('ipset', { write: true });
      await until(() => troubled(store).length === 0);
      written(await store.commit([patch('ipset', 'a', { n: 1 })], BY));
    });

    it('is known of every table before anybody needs it, for reading and for writing', async () => {
      const store = await open();
      for (const table of [...POLICY_TABLES, ...OWN_TABLES, COMMITS, LOCKS, AUDIT]) {
        await grant(table, { write: false });
        await until(() => troubled(store).some((text) => text.startsWith(`${table}: `) && text.includes('`write`')));
        await grant(table, { write: true, read: false });
        await until(() => troubled(store).some((text) => text.startsWith(`${table}: `) && text.includes('`read`')));
        expect(store.state().up).toBe(true);
        await grant(table, { read: true });
        await until(() => troubled(store).length === 0);
      }
    });

    it('a commit of which one table refuses its part writes nothing and holds up nobody in the others', async () => {
      const store = await open();
      written(await store.commit([create('group', { id: 'g', n: 0 }), create('ipset', { id: 'i' })], BY));
      await grant('ipset', { write: false });
      for (let n = 0; n < 3; n += 1) {
        const both = store.commit([patch('group', 'g', { n: 1 }), patch('ipset', 'i', { n: 1 })], BY);
        await expect(both).rejects.toMatchObject({ code: 'refused' });
      }
      const raw: unknown = await r.db(db).table('group').get('g').run(beside);
      expect(raw).toEqual({ id: 'g', n: 0, [HIDDEN]: { revision: expect.any(Number) as unknown } });
      written(await store.commit([patch('group', 'g', { n: 2 })], BY));
      expect(await r.db(db).table(COMMITS).count().run(beside)).toBe(0);
    });

    it('a store that is opened while a permission is missing is up, and names it', async () => {
      await (await open()).close();
      await grant('ipset', { write: false, read: false });
      const store = await open();
      expect(store.state().up).toBe(true);
      await until(() => troubled(store).some((text) => text.startsWith('ipset: ')));
      written(await store.commit([create('zone', { id: 'z' })], BY));
    });

    it('a feed that may not be read is lost with the reason', async () => {
      const store = await open();
      await grant('zone', { read: false });
      const watcher = new Watcher(store, 'zone');
      await watcher.until(({ events }) => events.at(-1)?.type === 'lost');
      expect(watcher.events.at(-1)).toMatchObject({
        error: { code: 'refused', message: expect.stringMatching(/table zone: .*`read` permission/) as string },
      });
    });

    it('an index that is dropped is made again, and the call that needs it waits for that', async () => {
      const store = await open({ sweepMs: 3_600_000 });
      written(await store.commit([create('zone', { id: 'z', name: 'office' })], BY));
      await r.db(db).table('zone').indexDrop('name').run(beside);
      expect((await store.find('zone', 'name', 'office')).map(({ doc }) => doc.id)).toEqual(['z']);
      expect(await r.db(db).table('zone').indexList().run(beside)).toEqual(['name']);
    });

    it('indexes and tables of our own that are dropped are made again before anybody needs them', async () => {
      const store = await open();
      await r.db(db).table('group').indexDrop('profile_id').run(beside);
      for (const table of [...OWN_TABLES, COMMITS, LOCKS, AUDIT, 'ipset']) await r.db(db).tableDrop(table).run(beside);
      await until(async () => {
        const there = await tables();
        return [...OWN_TABLES, COMMITS, LOCKS, AUDIT, 'ipset'].every((table) => there.includes(table));
      });
      await until(async () => (await r.db(db).table('group').indexList().run(beside)).includes('profile_id'));
      await until(() => store.state().up && troubled(store).length === 0);
      written(await store.commit([create('token', { id: 't', name: 'x' })], BY));
      expect(await store.audit({ limit: 10 })).toHaveLength(1);
    });

    it('a table of policy that is dropped is named and not made again', async () => {
      const store = await open();
      for (const table of ['zone', 'host', 'fact'] as const) {
        await r.db(db).tableDrop(table).run(beside);
        // Whoever asks first meets the database's own words; the look that follows says what to do.
        await until(() => troubled(store).some((text) => text.includes('tableCreate')));
        expect(troubled(store)).toEqual([expect.stringContaining(`r.db('${db}').tableCreate('${table}')`)]);
        await expect(store.list(table)).rejects.toMatchObject({ code: 'unavailable' });
        expect(await tables()).not.toContain(table);
        // By hand, as the text says: its indexes come by themselves.
        await r.db(db).tableCreate(table).run(beside);
        await until(async () => (await store.list(table).catch(() => undefined)) !== undefined);
        await until(() => troubled(store).length === 0);
        expect(await store.find(table, 'name', 'x')).toEqual([]);
      }
    });

    it('at a start, tables of policy are made in an old database, not in one that was in use', async () => {
      const first = await open();
      await first.close();
      await r.db(db).tableDrop('host').run(beside);
      const old = await open();
      expect(troubled(old)).toEqual([]);
      expect(await old.list('host')).toEqual([]);
      written(await old.commit([create('setting', { id: 'leader', term: 1 })], BY));
      await old.close();
      await r.db(db).tableDrop('host').run(beside);
      const used = await open();
      expect(troubled(used)).toEqual([expect.stringMatching(/^host: the table host is gone/)]);
      expect(await tables()).not.toContain('host');
    });

    it('a database that is dropped is an outage that says so, and is not made again', async () => {
      const store = await open();
      await r.dbDrop(db).run(beside);
      await until(() => !store.state().up);
      await until(() => store.state().reason?.includes(`the database ${db} is gone`) === true);
      expect(await r.dbList().run(beside)).not.toContain(db);
    });

    it('what is missing and may not be made is named; what is there works', async () => {
      const store = await open();
      await r.grant(USER, { read: true, write: true, config: false }).run(beside);
      onTestFinished(async () => void (await r.grant(USER, { read: true, write: true, config: true }).run(beside)));
      await r.db(db).table('zone').indexDrop('name').run(beside);
      await until(() => troubled(store).some((text) => text.includes('`config` permission')));
      written(await store.commit([create('zone', { id: 'z', name: 'office' })], { ...BY, audit: false }));
      await r.grant(USER, { read: true, write: true, config: true }).run(beside);
      await until(() => troubled(store).length === 0);
      expect((await store.find('zone', 'name', 'office')).length).toBe(1);
    });
  },
);
