import type { RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import type { Json } from '../../model/document.js';
import { fencePassed } from '../fence-passed.js';
import type { Fence } from '../store.js';
import type { RowWrite } from './commit-plan.js';
import type { RethinkLink } from './rethink-link.js';
import { passed } from './row-decisions.js';
import { text } from './stored-form.js';
import { FENCED, HARD, MOVED, refusedBy, type WriteResult } from './write-result.js';

/**
 * Replaces rows of one table, each by itself, all in one query: `to` gets the row and what `rows` has for it. Gives
 * how many were there to be replaced and had not moved.
 */
export async function replaceRows(
  link: RethinkLink,
  table: string,
  rows: readonly (readonly [id: string, value: Json])[],
  to: (row: RDatum, value: RDatum) => unknown,
): Promise<number> {
  if (rows.length === 0) return 0;
  const keys = r.args(r.json(text(rows.map(([id]) => id)))) as RDatum;
  const query = r.do(r.json(text(Object.fromEntries(rows))), (values: RDatum) =>
    r
      .table(table)
      .getAll(keys)
      .replace((row: RDatum) => to(row, values(row('id'))) as RDatum, HARD),
  );
  const result = await link.write<WriteResult>(query, table);
  if ((result.errors ?? 0) > 0 && result.first_error !== MOVED) throw refusedBy(result);
  return (result.replaced ?? 0) + (result.unchanged ?? 0) + (result.deleted ?? 0);
}

/**
 * A row changed by itself, if it still is what was read. False: it is not.
 * @throws StoreError `fenced`, and as the link
 */
export async function replaceRow(
  link: RethinkLink,
  { table, id, before, after }: RowWrite,
  fence?: Fence,
): Promise<boolean> {
  const result = await link.write<WriteResult>(
    r
      .table(table)
      .get(id)
      .replace(
        (row: RDatum) =>
          r.branch(passed(fence), r.error(FENCED), row.eq(r.json(text(before))), r.json(text(after)), r.error(MOVED)),
        HARD,
      ),
    table,
  );
  if ((result.errors ?? 0) === 0) return true;
  if (result.first_error === MOVED) return false;
  if (fence !== undefined && result.first_error === FENCED) throw fencePassed(fence, link.where);
  throw refusedBy(result);
}
