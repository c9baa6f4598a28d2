import type { Database } from '../../sqlite/database.js';
import type { Table } from '../../model/document.js';
import { parseOwned } from '../owned-json.js';
import { auditRange } from './audit-range.js';
import { readAuditedBefore } from './audited-before.js';
import type { AuditEntry, AuditQuery } from '../store.js';

const NOWHERE = { first: undefined, end: undefined };

interface AuditRow {
  readonly seq: number;
  readonly at: number;
  readonly author: string;
  readonly tbl: string;
  readonly id: string;
  readonly before: string;
  readonly after: string;
}

function entryOf(row: AuditRow): AuditEntry {
  const { seq, at, author, tbl, id } = row;
  const after = parseOwned(row.after);
  return { seq, at, author, table: tbl as Table, id, before: readAuditedBefore(row.before, after), after };
}

/**
 * One page of the audit trail, newest first.
 * @throws RangeError when `limit` is not 1 to 1000
 */
export function readAudit(db: Database, query: AuditQuery): readonly AuditEntry[] {
  const { table, id, author, beforeSeq, from, until, limit } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw new RangeError(`limit must be 1 to 1000: ${limit}`);
  const { first, end } = from === undefined && until === undefined ? NOWHERE : auditRange(db, { from, until });
  const conditions: (readonly [sql: string, value: string | number | undefined])[] = [
    ['tbl = ?', table],
    ['id = ?', id],
    ['author = ?', author],
    ['seq < ?', beforeSeq],
    ['at >= ?', from],
    ['at < ?', until],
    ['seq >= ?', first],
    ['seq < ?', end],
  ];
  const given = conditions.filter(([, value]) => value !== undefined);
  const where = given.length === 0 ? '' : `WHERE ${given.map(([sql]) => sql).join(' AND ')}`;
  return db
    .prepare<(string | number | undefined)[], AuditRow>(
      `SELECT seq, at, author, tbl, id, before, after FROM audit ${where} ORDER BY seq DESC LIMIT ?`,
    )
    .all(...given.map(([, value]) => value), limit)
    .map(entryOf);
}
