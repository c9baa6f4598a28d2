import type { Connection } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { OWN_TABLES, POLICY_TABLES } from '../../model/document.js';
import { INDEXED_FIELDS } from '../indexed-fields.js';
import { isAmbiguous, settleDuplicates } from './settle-duplicates.js';

/** Commits under way (see Transaction), locks on names, and the audit trail. */
export const COMMITS = 'dog_trainer_commit';
export const LOCKS = 'dog_trainer_lock';
export const AUDIT = 'dog_trainer_audit';

/** Seconds that a table may take to have its primary replica after a restart of the server. */
const READY_S = 20;

/** Two servers may get into each other's way so often; more is no accident. */
const ROUNDS = 5;

/**
 * Makes what is missing of the database (http-api section 9): itself, tables, indexes, the first row of `ipset`; what
 * is there is left alone. Then waits until every table takes writes, which an open port does not mean.
 */
export async function prepareDatabase(connection: Connection, db: string): Promise<void> {
  for (let round = 1; ; round += 1) {
    try {
      await makeMissing(connection, db);
      return;
    } catch (error) {
      if (!isAmbiguous(error) || round === ROUNDS) throw error;
      await settleDuplicates(connection, db);
    }
  }
}

async function makeMissing(connection: Connection, db: string): Promise<void> {
  if (!(await r.dbList().contains(db).run(connection))) await unlessThere(r.dbCreate(db).run(connection));
  const tables = [...POLICY_TABLES, ...OWN_TABLES, COMMITS, LOCKS, AUDIT];
  const there = new Set(await r.tableList().run(connection));
  for (const table of tables) {
    if (!there.has(table)) await unlessThere(r.tableCreate(table).run(connection));
  }
  await awaitTables(connection, tables);
  for (const table of [...POLICY_TABLES, ...OWN_TABLES]) {
    const fields = INDEXED_FIELDS[table] ?? [];
    if (fields.length > 0) await prepareIndexes(connection, table, fields);
  }
  await prepareIndexes(connection, AUDIT, ['author', 'document']);
  if (await r.table('ipset').isEmpty().run(connection)) await seedIpset(connection);
  // Once more: a table that another server made meanwhile under the same name shows here.
  await awaitTables(connection, tables);
}

/** Makes nothing: waits until the tables that are there can be read, and gives those of ours and the policy that are not. */
export async function lookAtDatabase(connection: Connection): Promise<ReadonlySet<string>> {
  const there = new Set(await r.tableList().run(connection));
  const tables = [...POLICY_TABLES, ...OWN_TABLES, AUDIT];
  await awaitTables(
    connection,
    tables.filter((table) => there.has(table)),
  );
  return new Set(tables.filter((table) => !there.has(table)));
}

async function awaitTables(connection: Connection, tables: readonly string[]): Promise<void> {
  const waits = tables.map((table) => r.table(table).wait({ waitFor: 'ready_for_writes', timeout: READY_S }));
  await Promise.all(waits.map((wait) => wait.run(connection)));
}

async function prepareIndexes(connection: Connection, table: string, fields: readonly string[]): Promise<void> {
  const there = new Set(await r.table(table).indexList().run(connection));
  for (const field of fields) {
    if (!there.has(field)) await unlessThere(r.table(table).indexCreate(field).run(connection));
  }
  await r.table(table).indexWait().run(connection);
}

/** The id is fixed so that two servers that start together make one row. */
async function seedIpset(connection: Connection): Promise<void> {
  const row = { id: 'initial', hash: 'initial', name: 'global', timestamp: Math.floor(Date.now() / 1_000) };
  await r.table('ipset').insert(row, { conflict: 'error' }).run(connection);
}

/** Another server may make the same thing at the same time. */
async function unlessThere(made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('already exists')) throw error;
  }
}
