import type { RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import type { Json, Table } from '../../model/document.js';
import type { AuditEntry, AuditQuery } from '../store.js';
import { AUDIT } from './prepare-database.js';
import type { RethinkLink } from './rethink-link.js';

interface AuditRow {
  readonly id: number;
  readonly at: number;
  readonly author: string;
  readonly table: Table;
  readonly document: string;
  readonly before: string;
  readonly after: string;
}

/** The driver has no type for these. */
const NEWEST = r.desc('id') as string;
const OLDEST = r.asc('id') as string;
/** Most old entries removed in one sweep. */
const TRIM_STEP = 1_000;

/** One page of the audit trail, newest first. @throws RangeError when `limit` is not 1 to 1000 */
export async function readAudit(link: RethinkLink, query: AuditQuery): Promise<readonly AuditEntry[]> {
  const { table, id, author, beforeSeq, from, until, limit } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw new RangeError(`limit must be 1 to 1000: ${limit}`);
  const matches = (row: RDatum<AuditRow>) =>
    r.and(
      id === undefined ? true : row('document').eq(id),
      table === undefined ? true : row('table').eq(table),
      author === undefined ? true : row('author').eq(author),
      beforeSeq === undefined ? true : row('id').lt(beforeSeq),
      from === undefined ? true : row('at').ge(from),
      until === undefined ? true : row('at').lt(until),
    );
  const all = r.table<AuditRow>(AUDIT);
  // One document has few entries, found by its index; else they are walked from the newest.
  const found =
    id === undefined
      ? all
          .between(r.minval, beforeSeq ?? r.maxval)
          .orderBy({ index: NEWEST })
          .filter(matches)
          .limit(limit)
      : all.getAll(id, { index: 'document' }).filter(matches).orderBy(NEWEST).limit(limit);
  const rows = await link.read<readonly AuditRow[]>(found, AUDIT);
  return rows.map((row) => ({
    seq: row.id,
    at: row.at,
    author: row.author,
    table: row.table,
    id: row.document,
    before: JSON.parse(row.before) as Json,
    after: JSON.parse(row.after) as Json,
  }));
}

/** Drops the oldest entries that are too many or too old, some with each call. */
export async function trimAudit(link: RethinkLink, keep: { readonly rows: number; readonly since: number }) {
  const newest = await link.read<readonly AuditRow[]>(
    r.table<AuditRow>(AUDIT).orderBy({ index: NEWEST }).limit(1),
    AUDIT,
  );
  const last = newest[0]?.id;
  if (last === undefined) return;
  await link.write(
    r
      .table<AuditRow>(AUDIT)
      .orderBy({ index: OLDEST })
      .limit(TRIM_STEP)
      .filter((row: RDatum<AuditRow>) => r.or(row('id').le(last - keep.rows), row('at').lt(keep.since)))
      .delete(),
    AUDIT,
  );
}
