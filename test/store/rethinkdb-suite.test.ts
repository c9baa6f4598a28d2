import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe } from 'vitest';
import type { RethinkStoreOptions } from '../../src/store/rethinkdb/create-rethink-store.js';
import { createRethinkStore } from '../../src/store/rethinkdb/create-rethink-store.js';
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
            destroy: () => store.close(),
          };
        },
      },
      15,
    );
  },
);
