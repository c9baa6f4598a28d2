import type { Connection } from 'rethinkdb-ts';
import { isRethinkDBError, r, RethinkDBErrorType } from 'rethinkdb-ts';
import { OWN_TABLES, POLICY_TABLES } from '../../model/document.js';
import { tableDeclaration } from '../../resources/resources.js';
import { INDEXED_FIELDS } from '../indexed-fields.js';
import { StoreError } from '../store.js';
import type { TableTrouble } from '../store.js';
import { isAmbiguous, settleDuplicates } from './settle-duplicates.js';

/** Commits under way (see Transaction), locks on names, and the audit trail. */
export const COMMITS = 'dog_trainer_commit';
export const LOCKS = 'dog_trainer_lock';
export const AUDIT = 'dog_trainer_audit';

/** The indexes of every table that has some. */
export const INDEXES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...Object.entries(INDEXED_FIELDS),
  [AUDIT, ['author', 'document']],
]);

/** In table `setting`, from the first lead on. */
const LEASE = 'leader';

/** Seconds that a table may take to have its primary replica after a restart of the server. */
const READY_S = 20;

/** How often two servers may collide, or tables vanish while they are made; more often is no coincidence. */
const ROUNDS = 5;

/**
 * Makes what is missing of the database (docs/rethinkdb.md#the-database): itself, tables, indexes, the first row of
 * `ipset`; what is there is left alone. Then waits until every table takes writes, which an open port does not mean.
 *
 * A table of policy is made only in a database that was never in use: in one that was, it was dropped, and an empty one
 * in its place would take what it held from every host. Gives the tables that are not there for this reason. `again`:
 * this process has had the database before.
 * @throws StoreError when the database itself is gone
 */
export async function prepareDatabase(
  connection: Connection,
  db: string,
  { again }: { readonly again: boolean } = { again: false },
): Promise<readonly TableTrouble[]> {
  for (let round = 1; ; round += 1) {
    try {
      return await makeMissing(connection, db, again);
    } catch (error) {
      if (round === ROUNDS) throw error;
      // Somebody drops tables at this moment: what was there when this began is to be made as well.
      if (isTableGone(error)) continue;
      if (!isAmbiguous(error)) throw error;
      await settleDuplicates(connection, db);
    }
  }
}

async function makeMissing(connection: Connection, db: string, again: boolean): Promise<readonly TableTrouble[]> {
  if (!(await r.dbList().contains(db).run(connection))) {
    if (again) throw databaseGone(db);
    await unlessThere(r.dbCreate(db).run(connection));
  }
  // Before the tables are listed: a leader has made them all, so a table that is missing then was dropped.
  const inUse = again || (await wasInUse(connection));
  const there = new Set(await r.tableList().run(connection));
  const gone = inUse
    ? POLICY_TABLES.filter((table) => !tableDeclaration(table)?.madeInOldDatabases && !there.has(table))
    : [];
  const tables = [...POLICY_TABLES, ...OWN_TABLES, COMMITS, LOCKS, AUDIT].filter(
    (table) => !gone.some((each) => each === table),
  );
  for (const table of tables) {
    if (!there.has(table)) await unlessThere(r.tableCreate(table).run(connection));
  }
  await awaitTables(connection, tables);
  for (const table of tables) {
    const fields = INDEXES.get(table) ?? [];
    if (fields.length > 0) await prepareIndexes(connection, table, fields);
  }
  await seedIpset(connection);
  // Once more: a table that another server made meanwhile under the same name shows here.
  await awaitTables(connection, tables);
  return gone.map((table) => ({ table, reason: tableGone(db, table) }));
}

/** Whether a server has led on this database. */
async function wasInUse(connection: Connection): Promise<boolean> {
  if (!(await r.tableList().contains('setting').run(connection))) return false;
  await awaitTables(connection, ['setting']);
  try {
    return (await r.table('setting').get(LEASE).run(connection)) !== null;
  } catch (error) {
    // A permission was revoked, so the database has been in use.
    if (isForbidden(error)) return true;
    throw error;
  }
}

function databaseGone(db: string): StoreError {
  return new StoreError(
    'unavailable',
    `the database ${db} is gone; hosts keep what they have. Bring back a backup of it; ` +
      'it is not made again while this server runs, since an empty one would take all policy from every host',
  );
}

function tableGone(db: string, table: string): string {
  return (
    `the table ${table} is gone; what it held goes on as it was last known. Bring back a backup of it, or, if it is to ` +
    `begin empty, make it: r.db('${db}').tableCreate('${table}')`
  );
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

/**
 * The first row of an empty `ipset`. The id is fixed so that two servers that start together make one row. Without
 * permission to read or write there the row is left out; the error shows where the table is needed.
 */
async function seedIpset(connection: Connection): Promise<void> {
  const row = { id: 'initial', hash: 'initial', name: 'global', timestamp: Math.floor(Date.now() / 1_000) };
  try {
    if (!(await r.table('ipset').isEmpty().run(connection))) return;
    await r.table('ipset').insert(row, { conflict: 'error' }).run(connection);
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
}

function isTableGone(error: unknown): boolean {
  return error instanceof Error && /Table `.+` does not exist/.test(error.message);
}

function isForbidden(error: unknown): boolean {
  return isRethinkDBError(error) && error.type === RethinkDBErrorType.PERMISSION_ERROR;
}

/** Another server may make the same thing at the same time. */
async function unlessThere(made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('already exists')) throw error;
  }
}
