import { placeOf } from './list-change.js';

/** What shortening a list of nets needs to know of a family. Nets sort by address, wider ones first. */
export interface Shortening<Net extends number | string> {
  /** All of the list, as the fewest nets; it must be sorted. */
  readonly shorten: (sorted: readonly Net[]) => Generator<void, Net[]>;
  /** Whether the first holds all of the second. */
  readonly covers: (one: Net, other: Net) => boolean;
  /** What two nets, given in order, make up together, if they are neighbours of one size. */
  readonly join: (one: Net, other: Net) => Net | undefined;
  /** Every address. No set can hold it, so that it comes out as two nets, which do not join. */
  readonly all: Net;
}

/** Of more changed nets, or in shorter lists, all is shortened anew. */
const MOST_CHANGED = 4;
const SHORT = 1024;

/** The first place behind those from `from` on that the net covers: they stand together. */
function endOf<Net extends number | string>(
  of: Shortening<Net>,
  sorted: readonly Net[],
  from: number,
  net: Net,
): number {
  let to = from;
  while (to < sorted.length && of.covers(net, sorted[to] as Net)) to += 1;
  return to;
}

/**
 * The fewest nets after one net has come or gone. Only what one net of `shortest` covers, or the changed one itself, can
 * be otherwise; where that is whole, it may join with what stands beside it.
 */
function* afterOne<Net extends number | string>(
  of: Shortening<Net>,
  shortest: readonly Net[],
  nets: readonly Net[],
  changed: Net,
): Generator<void, readonly Net[]> {
  const place = placeOf(shortest, changed);
  const before = shortest[place - 1];
  let whole: Net = before !== undefined && of.covers(before, changed) ? before : changed;
  let from = placeOf(shortest, whole);
  let to = endOf(of, shortest, from, whole);
  const first = placeOf(nets, whole);
  let inside = yield* of.shorten(nets.slice(first, endOf(of, nets, first, whole)));
  if (inside.length === 1 && inside[0] === whole) {
    for (;;) {
      const [left, right] = [shortest[from - 1], shortest[to]];
      const withLeft = left === undefined ? undefined : of.join(left, whole);
      const withRight = right === undefined ? undefined : of.join(whole, right);
      if (withLeft !== undefined) from -= 1;
      else if (withRight !== undefined) to += 1;
      else break;
      whole = withLeft ?? (withRight as Net);
    }
    inside = [whole];
  }
  if (to - from === inside.length && inside.every((net, at) => net === shortest[from + at])) return shortest;
  return shortest.toSpliced(from, to - from, ...inside);
}

/**
 * A sorted list as the fewest nets, with pauses; the same as `shorten` gives. `shortest`: those of the list before, which
 * `changed` led from: nets that it lost or gained. Where few did, only what stands around them is shortened again.
 */
export function* editedShortest<Net extends number | string>(
  of: Shortening<Net>,
  shortest: readonly Net[],
  nets: readonly Net[],
  changed: readonly Net[],
): Generator<void, readonly Net[]> {
  if (changed.length > MOST_CHANGED || shortest.length < SHORT || nets[0] === of.all) return yield* of.shorten(nets);
  let edited = shortest;
  for (const net of changed) edited = yield* afterOne(of, edited, nets, net);
  return edited;
}
