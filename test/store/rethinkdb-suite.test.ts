import type { RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe } from 'vitest';
import type { RethinkStoreOptions } from '../../src/store/rethinkdb/create-rethink-store.js';
import { createRethinkStore } from '../../src/store/rethinkdb/create-rethink-store.js';
import { COMMITS } from '../../src/store/rethinkdb/prepare-database.js';
import { HIDDEN } from '../../src/store/rethinkdb/stored-form.js';
import type { RethinkServer } from '../support/rethinkdb.js';
import { noRethink, startRethink } from '../support/rethinkdb.js';
import { storeSuite } from './store-suite.js';

if (noRethink !== undefined) process.stdout.write(`store suite on RethinkDB skipped: ${noRethink}\n`);

describe.skipIf(noRethink !== undefined)(
  `on a real RethinkDB${noRethink === undefined ? '' : ` (${noRethink})`}`,
  () => {
    const db = 'dog_suite';
    let server: RethinkServer;
    beforeAll(async () => {
      server = await startRethink();
      // Tables are made once; each test begins with empty ones.
      await (await createRethinkStore({ ...options() })).close();
    });
    afterAll(() => server.close());

    function options(): RethinkStoreOptions {
      return { servers: [{ host: server.host, port: server.port }], db, squashS: 0 };
    }

    storeSuite(
      {
        name: 'rethinkdb',
        resumes: false,
        ordered: false,
        tellsEveryChange: true,
        keepsCallOrder: false,
        keepsProtoKeys: false,
        async open() {
          const connection = await server.connect(db);
          const tables = await r.tableList().run(connection);
          await Promise.all(tables.map((table) => r.table(table).delete().run(connection)));
          await connection.close();
          let store = await createRethinkStore(options());
          return {
            store,
            async reopen() {
              await store.close();
              store = await createRethinkStore(options());
              return store;
            },
            async block(table, id) {
              const beside = await server.connect(db);
              const record = { id: 'other', state: 'pending', writes: [], audit: [], at: r.now().toEpochTime() };
              await r.table(COMMITS).insert(record).run(beside);
              await r
                .table(table)
                .get(id)
                .update({ [HIDDEN]: { lock: 'other' } })
                .run(beside);
              return async () => {
                await r.table(table).get(id).replace((row: RDatum) => row.without({ [HIDDEN]: { lock: true } })).run(beside); // prettier-ignore
                await r.table(COMMITS).get('other').delete().run(beside);
                await beside.close();
              };
            },
            destroy: () => store.close(),
          };
        },
      },
      15,
    );
  },
);
