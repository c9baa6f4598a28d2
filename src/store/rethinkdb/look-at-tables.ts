import { r, type RDatum } from 'rethinkdb-ts';
import { OWN_TABLES, POLICY_TABLES } from '../../model/document.js';
import { StoreError } from '../store.js';
import { AUDIT, COMMITS, INDEXES, LOCKS } from './prepare-database.js';
import type { RethinkLink } from './rethink-link.js';

const TABLES = [...POLICY_TABLES, ...OWN_TABLES, COMMITS, LOCKS, AUDIT];
/** An id that no document has. */
const NOBODY = 'dog-trainer looks whether it may write';

/**
 * Sees whether all tables and indexes are there and may be read and written, so that what was dropped or revoked is known
 * before a call needs it. Changes nothing where all is well; what is missing is made again (`RethinkLink.mend`).
 */
export async function lookAtTables(link: RethinkLink): Promise<void> {
  try {
    if (!(await isComplete(link))) await link.mend();
  } catch (error) {
    // Several tables of one name, or the database is gone: that is seen to, or said, where tables are made.
    if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
    await link.mend();
  }
  const tables = TABLES.filter((table) => !link.health.isGone(table));
  await Promise.allSettled(
    tables.flatMap((table) => [
      link.look(r.table(table).get(NOBODY), table, 'read'),
      link.look(r.table(table).get(NOBODY).update({}), table, 'write'),
    ]),
  );
}

/** A table's name and its indexes. Typed loosely: what the driver's types make of it inside a query costs a linter 4 GB. */
function withIndexes(name: string): readonly unknown[] {
  return [name, r.table(name).indexList()];
}

async function isComplete(link: RethinkLink): Promise<boolean> {
  const listed = r.tableList().map(withIndexes as unknown as (name: RDatum) => RDatum);
  const there = new Map(await link.read<readonly (readonly [string, readonly string[]])[]>(listed));
  return TABLES.every((table) => {
    const indexes = there.get(table);
    // One that is back needs its indexes, and is no trouble any more.
    if (link.health.isGone(table)) return indexes === undefined;
    return indexes !== undefined && (INDEXES.get(table) ?? []).every((index) => indexes.includes(index));
  });
}
