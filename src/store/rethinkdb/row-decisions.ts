import type { RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import type { Fence } from '../store.js';
import { HIDDEN } from './stored-form.js';
import { FENCED, MOVED } from './write-result.js';

/** What the database itself decides about a row, in the query that writes it. */

/** Takes the record of a commit from `pending` to `state`; repeated, it does nothing. */
export function decide(state: 'committed' | 'aborted', fence?: Fence) {
  return (row: RDatum) =>
    r.branch(
      passed(fence),
      r.error(FENCED),
      row('state').eq('pending'),
      { state },
      row('state').eq(state),
      {},
      r.error(MOVED),
    );
}

/**
 * Whether a fence was reached: part of the very query that writes, so that the servers' clocks do not matter. RethinkDB
 * puts in the time at which the query arrived (https://rethinkdb.com/api/javascript/now); should it then be slow, a late
 * write still changes only rows that are unchanged since they were read.
 */
export function passed(fence: Fence | undefined): RDatum<boolean> {
  return fence === undefined
    ? r.expr(false)
    : r
        .now()
        .toEpochTime()
        .ge(fence.until / 1_000);
}

export function withAge(row: RDatum) {
  return { age: r.now().toEpochTime().sub(row('at')) };
}

export function isLockedBy(row: RDatum, id: string): RDatum<boolean> {
  return row(HIDDEN)('lock').default(null).eq(id);
}

export function unlocked(row: RDatum, id: string): RDatum {
  return r.branch(
    isLockedBy(row, id).not(),
    row,
    row(HIDDEN)('absent').default(false),
    null,
    row.without({ [HIDDEN]: { lock: true } }),
  );
}
