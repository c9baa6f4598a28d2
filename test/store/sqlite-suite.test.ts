import { Database } from '../../src/sqlite/database.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { storeSuite } from './store-suite.js';

storeSuite({
  name: 'sqlite',
  resumes: true,
  ordered: true,
  tellsEveryChange: true,
  keepsCallOrder: true,
  keepsProtoKeys: true,
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'dog-store-'));
    const path = join(folder, 'dog_trainer.db');
    let store = await createSqliteStore({ path });
    return {
      store,
      async reopen() {
        await store.close();
        store = await createSqliteStore({ path });
        return store;
      },
      async block() {
        const other = new Database(path);
        other.exec('BEGIN IMMEDIATE');
        return async () => void other.close();
      },
      async destroy() {
        await store.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});
