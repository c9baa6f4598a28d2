import type { RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRethinkStore } from '../../src/store/rethinkdb/create-rethink-store.js';
import { Watcher } from '../store/suite/harness.js';
import type { RethinkServer } from '../support/rethinkdb.js';
import { noRethink, startRethink } from '../support/rethinkdb.js';

if (noRethink !== undefined) process.stdout.write(`trial 8 skipped: ${noRethink}\n`);

const ROWS = 5_000;

/** Trial 8, the store's part: the feed overruns its buffer. */
describe.skipIf(noRethink !== undefined)(
  `a feed that is read too slowly${noRethink === undefined ? '' : ` (${noRethink})`}`,
  () => {
    let server: RethinkServer;
    beforeAll(async () => {
      server = await startRethink();
    });
    afterAll(() => server.close());

    it('is lost, not silently short; the next one has everything', async () => {
      const db = 'dog_overrun';
      const servers = [{ host: server.host, port: server.port }];
      const store = await createRethinkStore({ servers, db, squashS: 0, feedQueueSize: 100 });
      onTestFinished(() => store.close());
      const beside = await server.connect(db);
      await r.table('zone').delete().run(beside);
      const watcher = new Watcher(store, 'zone');
      await watcher.until(({ events }) => events.length > 0);
      // Written by the server itself while this process reads nothing at all.
      const insert = (i: RDatum<number>) =>
        r.table('zone').insert({ id: i.coerceTo('string'), n: i }, { durability: 'soft' });
      await r.range(ROWS).forEach(insert).run(beside, { noreply: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
      await expect(watcher.until(() => false)).rejects.toThrow('the feed was lost');
      const last = watcher.events.at(-1);
      expect(last).toMatchObject({ type: 'lost', error: { code: 'unavailable', retry: true } });
      expect(last?.type === 'lost' ? last.error.message : '').toMatch(/lost events: .*skipped \d+ elements/);
      expect(watcher.rows.size).toBeLessThan(ROWS);
      // The rows may still be coming, faster than this small buffer allows: a watcher opens a new feed each time.
      let again = new Watcher(store, 'zone');
      let feeds = 1;
      while (again.rows.size < ROWS) {
        try {
          await again.until(({ rows }) => rows.size === ROWS);
        } catch {
          again = new Watcher(store, 'zone');
          feeds += 1;
        }
      }
      await again.feed.close();
      await beside.close();
      process.stdout.write(
        `trial 8: ${watcher.rows.size} of ${ROWS} rows told before the overrun, all after ${feeds} new feeds\n`,
      );
    }, 120_000);
  },
);
