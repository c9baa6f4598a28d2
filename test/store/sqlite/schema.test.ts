import { Database } from '../../../src/sqlite/database.js';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { migrate, MIGRATIONS } from '../../../src/store/sqlite/schema.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { BY, create } from '../suite/harness.js';

const NEXT = [...MIGRATIONS, 'ALTER TABLE audit ADD COLUMN note TEXT'];
function versionOf(db: Database): unknown {
  return db.pragma('user_version', { simple: true });
}

async function withContent(): Promise<string> {
  const path = join(temporaryDirectory(), 'dog_trainer.db');
  const store = await createSqliteStore({ path });
  await store.commit([create('zone', { id: 'z', n: 1 })], BY);
  await store.close();
  return path;
}

it('a migration brings an older database to the next version with its content, once', async () => {
  const path = await withContent();
  const db = new Database(path);
  expect(migrate(db, NEXT)).toBe(MIGRATIONS.length);
  expect(versionOf(db)).toBe(NEXT.length);
  expect(db.prepare('SELECT tbl, id, note FROM audit').all()).toEqual([{ tbl: 'zone', id: 'z', note: null }]);
  expect(migrate(db, NEXT)).toBe(NEXT.length);
  expect(db.prepare('SELECT id FROM documents').all()).toEqual([{ id: 'z' }]);
  db.close();
  // The program of today must not write to what a newer one made.
  await expect(createSqliteStore({ path })).rejects.toMatchObject({ code: 'incompatible' });
});

it('a migration that fails leaves the database as it was', async () => {
  const path = await withContent();
  const db = new Database(path);
  expect(() => migrate(db, [...NEXT, 'ALTER TABLE no_such_table ADD COLUMN x TEXT'])).toThrow('no_such_table');
  expect(versionOf(db)).toBe(MIGRATIONS.length);
  db.close();
  const store = await createSqliteStore({ path });
  expect(await store.get('zone', 'z')).toMatchObject({ doc: { n: 1 } });
  await store.close();
});
