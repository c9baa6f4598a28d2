import type { Connection } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createRethinkStore } from '../../src/store/rethinkdb/create-rethink-store.js';
import type { Store } from '../../src/store/store.js';
import { BY, create, patch, Watcher, written } from '../store/suite/harness.js';
import type { RethinkServer } from '../support/rethinkdb.js';
import { noOwnRethink, startOwnRethink } from '../support/rethinkdb.js';

if (noOwnRethink !== undefined) process.stdout.write(`trial 7 on RethinkDB skipped: ${noOwnRethink}\n`);

const db = 'dog_outage';
const OUTAGE_MS = process.env['TRIALS'] === 'full' ? 60_000 : 3_000;
const TIMEOUT_MS = 1_000;
let server: RethinkServer;

/** Trial 7, the store's part: the store or a changefeed is down while documents are edited elsewhere. */
describe.skipIf(noOwnRethink !== undefined)(
  `RethinkDB${noOwnRethink === undefined ? '' : ` (${noOwnRethink})`}`,
  () => {
    beforeAll(async () => {
      server = await startOwnRethink();
      await (await open()).close();
    });
    afterAll(() => server.close());
    beforeEach(async () => {
      await withConnection(async (connection) => {
        for (const table of ['zone', 'group']) await r.table(table).delete().run(connection);
      });
    });

    it(`killed for ${OUTAGE_MS} ms: calls fail at once, feeds are lost, and all is found again`, async () => {
      const store = await opened();
      const states: boolean[] = [];
      store.onState(({ up }) => states.push(up));
      written(await store.commit([create('zone', { id: 'before', n: 1 })], BY));
      const watcher = new Watcher(store, 'zone');
      await watcher.until(({ events }) => events.length > 0);
      await server.kill();
      await eventually(() => !store.state().up && watcher.events.at(-1)?.type === 'lost');
      // Refused as away, not as overdue: nobody waits for the time limit of a call.
      for (const call of [() => store.list('zone'), () => store.commit([create('zone', { id: 'x' })], BY)]) {
        await expect(call()).rejects.toMatchObject({ code: 'unavailable', retry: true });
      }
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
      await server.start();
      await editedElsewhere();
      const back = performance.now();
      await eventually(() => store.state().up);
      const again = new Watcher(store, 'zone', watcher.cursor, watcher.rows);
      await again.until(({ rows }) => rows.size === 2 && rows.get('before')?.['n'] === 2);
      const ms = performance.now() - back;
      written(await store.commit([patch('zone', 'before', { n: 3 })], BY));
      // Down may be told again with another reason; up once.
      expect(states.slice(0, -1)).not.toContain(true);
      expect(states.at(-1)).toBe(true);
      await again.feed.close();
      process.stdout.write(
        `trial 7: RethinkDB killed for ${OUTAGE_MS} ms, all found ${ms.toFixed(0)} ms after it was back\n`,
      );
    }, 180_000);

    it('frozen: no call waits for ever, and it goes on when it thaws', async () => {
      const store = await opened();
      written(await store.commit([create('zone', { id: 'z', n: 1 })], BY));
      const watcher = new Watcher(store, 'zone');
      await watcher.until(({ events }) => events.length > 0);
      onTestFinished(() => server.resume());
      await server.pause();
      const asked = performance.now();
      const [read, write] = await Promise.allSettled([
        store.list('zone'),
        store.commit([patch('zone', 'z', { n: 2 })], { ...BY, audit: false }),
      ]);
      const ms = performance.now() - asked;
      expect([read, write]).toMatchObject([{ reason: { code: 'timeout' } }, { reason: { retry: true } }]);
      expect(store.state().up).toBe(false);
      await eventually(() => watcher.events.at(-1)?.type === 'lost');
      server.resume();
      await eventually(() => store.state().up);
      written(await store.commit([patch('zone', 'z', { n: 3 })], BY));
      const again = new Watcher(store, 'zone');
      await again.until(({ rows }) => rows.get('z')?.['n'] === 3);
      await again.feed.close();
      process.stdout.write(`trial 7: RethinkDB frozen, calls ended after ${ms.toFixed(0)} ms\n`);
    }, 120_000);

    it('away at the start: the store is down, and comes up when it is there', async () => {
      await server.kill();
      const store = await opened();
      expect(store.state()).toMatchObject({ up: false, reason: expect.stringContaining('ECONNREFUSED') as string });
      await server.start();
      await eventually(() => store.state().up);
      written(await store.commit([create('zone', { id: 'z' })], BY));
    }, 120_000);

    it('a table dropped under a watcher: the feed is lost, and after a restore begins anew', async () => {
      const store = await opened();
      written(await store.commit([create('zone', { id: 'z' })], BY));
      const watcher = new Watcher(store, 'zone');
      await watcher.until(({ events }) => events.length > 0);
      await withConnection(async (connection) => {
        await r.tableDrop('zone').run(connection);
        await eventually(() => watcher.events.at(-1)?.type === 'lost');
        await expect(store.list('zone')).rejects.toMatchObject({ code: 'unavailable' });
        await r.tableCreate('zone').run(connection);
        // Unless the store, which misses it too, was faster.
        await r
          .table('zone')
          .indexCreate('name')
          .run(connection)
          .catch((error: unknown) => {
            if (!String(error).includes('already exists')) throw error;
          });
        await r.table('zone').indexWait().run(connection);
        await r.table('zone').insert({ id: 'restored' }).run(connection);
      });
      const again = new Watcher(store, 'zone');
      await again.until(({ rows }) => rows.has('restored'));
      expect([...again.rows.keys()]).toEqual(['restored']);
      await again.feed.close();
    }, 120_000);
  },
);

function open(): Promise<Store> {
  const servers = [{ host: server.host, port: server.port }];
  return createRethinkStore({ servers, db, squashS: 0, timeoutMs: TIMEOUT_MS, pingMs: 200 });
}

async function opened(): Promise<Store> {
  const store = await open();
  onTestFinished(() => store.close());
  return store;
}

async function editedElsewhere(): Promise<void> {
  await withConnection(async (connection) => {
    await r.table('zone').wait({ waitFor: 'ready_for_writes', timeout: 20 }).run(connection);
    await r.table('zone').get('before').update({ n: 2 }).run(connection);
    await r.table('zone').insert({ id: 'new' }).run(connection);
  });
}

async function withConnection(use: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await server.connect(db);
  try {
    await use(connection);
  } finally {
    await connection.close();
  }
}

async function eventually(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
}
