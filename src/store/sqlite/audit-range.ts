import type { Database } from '../../sqlite/database.js';

/** The wall clock may have been set back; by no more than this, or entries of that time may be left out. */
const SET_BACK_MS = 3_600_000;

/**
 * Which numbers the entries of a span of time have, at most: from `first`, before `end`. Numbers grow with time, so it takes
 * some forty looks by number, however long the trail is; there is no index by time. Epoch milliseconds, `until` not included.
 */
export function auditRange(
  db: Database,
  { from, until }: { readonly from: number | undefined; readonly until: number | undefined },
): { readonly first: number | undefined; readonly end: number | undefined } {
  const { low, high } = db
    .prepare<[], { low: number | null; high: number | null }>(
      'SELECT (SELECT min(seq) FROM audit) AS low, (SELECT max(seq) FROM audit) AS high',
    )
    .get() ?? { low: null, high: null };
  if (low === null || high === null) return { first: undefined, end: undefined };
  const next = db.prepare<[number], { seq: number; at: number }>(
    'SELECT seq, at FROM audit WHERE seq >= ? ORDER BY seq LIMIT 1',
  );
  /** The lowest number at which the entry, or the next one there is, is not older than `at`; beyond all: none is. */
  const reached = (at: number): number => {
    let [below, above] = [low, high + 1];
    while (below < above) {
      const middle = Math.floor((below + above) / 2);
      const entry = next.get(middle);
      if (entry === undefined || entry.at >= at) above = middle;
      else below = entry.seq + 1;
    }
    return below;
  };
  return {
    first: from === undefined ? undefined : reached(from - SET_BACK_MS),
    end: until === undefined ? undefined : reached(until + SET_BACK_MS),
  };
}
