import { join } from 'node:path';
import type { Document, Table } from '../../model/document.js';
import type * as StoreFile from '../../store/sqlite/create-sqlite-store.js';
import type { FleetPolicy } from './fleet-policy.js';

const AT_ONCE = 500;

/** Puts a fleet into the store of a data directory, as if it had been made over the API and had reported. */
export async function seedStore(dist: string, data: string, policy: FleetPolicy): Promise<void> {
  const { createSqliteStore } = (await import(`${dist}store/sqlite/create-sqlite-store.js`)) as typeof StoreFile;
  const store = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
  const put = async (table: Table, docs: readonly Document[]): Promise<void> => {
    const result = await store.commit(
      docs.map((doc) => ({ op: 'create', table, doc })),
      { author: 'bench' },
    );
    if (!result.ok) throw new Error(`${table}: ${JSON.stringify(result.failure)}`);
  };
  try {
    for (const [table, docs] of Object.entries(policy) as [keyof FleetPolicy, readonly Document[]][])
      for (let at = 0; at < docs.length; at += AT_ONCE) await put(table, docs.slice(at, at + AT_ONCE));
  } finally {
    await store.close();
  }
}
