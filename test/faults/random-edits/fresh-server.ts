import { join } from 'node:path';
import { POLICY_TABLES, type Document } from '../../../src/model/document.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../../src/store/store.js';
import { startWholeServer, until, type WholeServer } from '../../support/whole-server.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

/** Deadline for compiling everything. */
const PATIENT = { timeout: 60_000, interval: 50 } as const;

/** A server that knows nothing but the policy and the hosts that this store holds now, and has compiled all of it. */
export async function startFreshServer(from: Store, dialect: 'dog1' | 'dog2'): Promise<WholeServer> {
  const data = temporaryDirectory();
  const store = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
  for (const table of POLICY_TABLES) {
    if (table === 'ipset') continue;
    const changes = (await from.list(table)).map(({ doc }) => ({
      op: 'create' as const,
      table,
      doc: table === 'group' ? withoutHashes(doc) : doc,
    }));
    if (changes.length === 0) continue;
    const { ok } = await store.commit(changes, { author: 'system', audit: false });
    if (!ok) throw new Error(`the documents of ${table} could not be copied`);
  }
  await store.close();
  const fresh = await startWholeServer({ data, set: [`ruleset_dialect=${dialect}`] });
  const { state } = fresh.server;
  await until(
    () =>
      state.world.ready &&
      state.sets.published !== undefined &&
      [...state.world.rows('group').keys()].every(
        (id) => state.outputs.get(id) !== undefined || state.outputs.failures.has(id),
      ),
    'the fresh server has compiled everything',
    PATIENT,
  );
  return fresh;
}

/** What was published before is not policy. */
function withoutHashes(group: Document): Document {
  return Object.fromEntries(Object.entries(group).filter(([key]) => !key.startsWith('hash'))) as Document;
}
