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

/** A net, and which nets of a list it stands in place of. */
interface Place<Net> {
  readonly from: number;
  readonly to: number;
  readonly net: Net;
}

/** The net together with all that it joins with beside it. */
function joined<Net extends number | string>(
  of: Shortening<Net>,
  sorted: readonly Net[],
  { from, to, net }: Place<Net>,
): Place<Net> {
  const left = sorted[from - 1];
  const right = sorted[to];
  const withLeft = left === undefined ? undefined : of.join(left, net);
  if (withLeft !== undefined) return joined(of, sorted, { from: from - 1, to, net: withLeft });
  const withRight = right === undefined ? undefined : of.join(net, right);
  return withRight === undefined ? { from, to, net } : joined(of, sorted, { from, to: to + 1, net: withRight });
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
  const before = shortest[placeOf(shortest, changed) - 1];
  const whole = before !== undefined && of.covers(before, changed) ? before : changed;
  const start = placeOf(shortest, whole);
  const first = placeOf(nets, whole);
  const left = yield* of.shorten(nets.slice(first, endOf(of, nets, first, whole)));
  const isWhole = left.length === 1 && left[0] === whole;
  const place: Place<Net> = { from: start, to: endOf(of, shortest, start, whole), net: whole };
  const { from, to, net } = isWhole ? joined(of, shortest, place) : place;
  const inside = isWhole ? [net] : left;
  if (to - from === inside.length && inside.every((one, at) => one === shortest[from + at])) return shortest;
  return shortest.toSpliced(from, to - from, ...inside);
}

/**
 * Whether a sorted list is the fewest nets itself, as it was before `added` came in and others went: nothing that came covers
 * what stands beside it, or joins with it. What goes leaves no neighbours that do.
 */
export function staysShortest<Net extends number | string>(
  of: Shortening<Net>,
  nets: readonly Net[],
  added: readonly Net[],
): boolean {
  const apart = (one: Net | undefined, other: Net | undefined): boolean =>
    one === undefined || other === undefined || !(of.covers(one, other) || of.join(one, other) !== undefined);
  return (
    nets[0] !== of.all &&
    added.every((net) => {
      const place = placeOf(nets, net);
      return apart(nets[place - 1], net) && apart(net, nets[place + 1]);
    })
  );
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
  // Two halves that come at once join to what no set can hold.
  return edited[0] === of.all ? yield* of.shorten(nets) : edited;
}
