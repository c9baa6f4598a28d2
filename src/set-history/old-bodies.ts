import type { BodyEntry } from './body-row.js';

/** What is kept of former sets (`set_history.*`). */
export interface HistoryBounds {
  /** Bodies. */
  readonly keep: number;
  readonly keepDays: number;
  /** Characters of all rows. */
  readonly maxChars: number;
}

const DAY_SECONDS = 86_400;
/** Deltas that follow one whole body at most: as many are gone through to put one together. */
const MOST_STEPS = 64;

/** After how many bodies a whole one is written, so that what is over the bounds can go a part at a time. */
export function bodiesPerPart({ keep }: Pick<HistoryBounds, 'keep'>): number {
  return Math.max(1, Math.min(MOST_STEPS, Math.floor(keep / 4)));
}

/** Characters of one whole body and what builds on it, at most, before another whole one is written. */
export function charsPerPart({ maxChars }: Pick<HistoryBounds, 'maxChars'>): number {
  return Math.floor(maxChars / 4);
}

/**
 * Ids of those that may go: the oldest parts (a whole body and what builds on it) while there are too many bodies, they
 * take too much room, or the part after them is older than all that is kept by age. The newest part stays. `entries`:
 * oldest first; `now`: epoch seconds.
 */
export function oldBodies(entries: readonly BodyEntry[], now: number, bounds: HistoryBounds): readonly string[] {
  const starts = entries.flatMap(({ kind }, at) => (kind === 'delta' && at > 0 ? [] : [at]));
  const since = now - bounds.keepDays * DAY_SECONDS;
  let chars = entries.reduce((sum, entry) => sum + entry.chars, 0);
  let from = 0;
  for (const next of starts.slice(1)) {
    const isOld = (entries[next] as BodyEntry).at < since;
    if (!isOld && entries.length - from <= bounds.keep && chars <= bounds.maxChars) break;
    for (; from < next; from += 1) chars -= (entries[from] as BodyEntry).chars;
  }
  return entries.slice(0, from).map(({ id }) => id);
}
