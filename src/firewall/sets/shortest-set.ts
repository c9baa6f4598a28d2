import { collapseSorted4, collapseSorted6 } from '../addresses/collapse.js';
import type { Family } from '../addresses/family.js';
import { ALL_4, covers4, formatNet4, join4, type Net4 } from '../addresses/ipv4.js';
import { ALL_6, covers6, formatNet6, join6, type Net6 } from '../addresses/ipv6.js';
import { sortNets6 } from '../addresses/sort-nets6.js';
import { sharedEnds } from '../../model/shared-ends.js';
import { mapInSteps, sortNumbersInSteps, sortTextsInSteps } from '../steps.js';
import { editedShortest, type Shortening, staysShortest } from './edited-shortest.js';
import { JunkCounter } from './junk-counter.js';
import { changedSorted, listChange, type ListChange, sortedChange } from './list-change.js';
import { readNets4, readNets6, type ReadNets } from './read-nets.js';

/** A list of addresses as the fewest nets, spelled and sorted by bytes, and what in it was no address. */
export interface ShortestSet {
  readonly addresses: readonly string[];
  readonly junk: JunkCounter;
}

/** What a set was made from, all in address order: another that differs little is made from it. */
interface Basis<Net> {
  readonly list: readonly unknown[];
  readonly nets: readonly Net[];
  /** The very same list where nothing in it covers or joins. */
  readonly shortest: readonly Net[];
}

/** How the nets of a family are read, put in address order, shortened and spelled. */
interface NetsOfFamily<Net extends number | string> extends Shortening<Net> {
  readonly read: (list: readonly unknown[], junk: JunkCounter) => Generator<void, ReadNets<Net>>;
  readonly sort: (nets: readonly Net[]) => Generator<void, Net[]>;
  readonly format: (net: Net) => string;
  /**
   * What long lists without junk were made from, by their addresses: kept as long as those are. Nothing in it ever goes
   * stale, since lists never change: whoever begins from it first sees what is different in his own.
   */
  readonly bases: WeakMap<readonly string[], Basis<Net>>;
}

const V4: NetsOfFamily<Net4> = {
  read: readNets4,
  sort: sortNumbersInSteps,
  shorten: collapseSorted4,
  covers: covers4,
  join: (one, other) => {
    const joined = join4(one, other);
    return joined < 0 ? undefined : joined;
  },
  all: ALL_4,
  format: formatNet4,
  bases: new WeakMap(),
};
const V6: NetsOfFamily<Net6> = {
  read: readNets6,
  sort: sortNets6,
  shorten: collapseSorted6,
  covers: covers6,
  join: join6,
  all: ALL_6,
  format: formatNet6,
  bases: new WeakMap(),
};

/** Shorter lists are read again as fast. */
const WORTH_KEEPING = 1024;

function* changeOfNets<Net extends number | string>(
  { read }: NetsOfFamily<Net>,
  before: readonly unknown[],
  list: readonly unknown[],
): Generator<void, ListChange<Net> | undefined> {
  const change = listChange(before, list);
  if (change === undefined) return undefined;
  const junk = new JunkCounter();
  const added = (yield* read(change.added, junk)).nets;
  // What is junk is told with its place among the others: such lists are read as a whole.
  return junk.count > 0 ? undefined : { removed: (yield* read(change.removed, junk)).nets, added };
}

function* spelled<Net extends number | string>(
  { format }: NetsOfFamily<Net>,
  shortest: readonly Net[],
  known: Beginning<Net> | undefined,
): Generator<void, readonly string[]> {
  const change = known === undefined ? undefined : sortedChange(known.shortest, shortest);
  if (known === undefined || change === undefined)
    // Texts of addresses are ASCII: their own order is that of their bytes.
    return yield* sortTextsInSteps(yield* mapInSteps(shortest, format));
  if (isNothing(change)) return known.addresses;
  const { removed, added } = change;
  return changedSorted(known.addresses, { removed: removed.map(format), added: added.map(format) });
}

interface Beginning<Net> extends Basis<Net> {
  readonly addresses: readonly string[];
  /** What led from its list to the one that is wanted. */
  readonly change: ListChange<Net>;
}

function* beginningOf<Net extends number | string>(
  of: NetsOfFamily<Net>,
  list: readonly unknown[],
  addresses: readonly string[] | undefined,
): Generator<void, Beginning<Net> | undefined> {
  const basis = addresses === undefined ? undefined : of.bases.get(addresses);
  if (basis === undefined || addresses === undefined) return undefined;
  const change = yield* changeOfNets(of, basis.list, list);
  return change === undefined ? undefined : { ...basis, addresses, change };
}

/**
 * The fewest nets of a sorted list. Where those are all that it has, it is the list itself: each copy of a long one is memory that
 * is new to the process, which costs more than the copying.
 */
function* fewest<Net extends number | string>(
  of: NetsOfFamily<Net>,
  nets: readonly Net[],
  beginning: Beginning<Net> | undefined,
): Generator<void, readonly Net[]> {
  if (beginning === undefined) return oneIfEqual(of, nets, yield* of.shorten(nets));
  const { removed, added } = beginning.change;
  if (beginning.shortest === beginning.nets && staysShortest(of, nets, added)) return nets;
  return oneIfEqual(of, nets, yield* editedShortest(of, beginning.shortest, nets, [...removed, ...added]));
}

/** All that shortening does leaves fewer, but for a net of all addresses, which becomes two. */
function oneIfEqual<Net extends number | string>(
  of: NetsOfFamily<Net>,
  nets: readonly Net[],
  shortest: readonly Net[],
): readonly Net[] {
  return nets.length === shortest.length && nets[0] !== of.all ? nets : shortest;
}

function isNothing({ removed, added }: ListChange<unknown>): boolean {
  return removed.length + added.length === 0;
}

function* made<Net extends number | string>(
  of: NetsOfFamily<Net>,
  list: readonly unknown[],
  before: readonly string[] | undefined,
): Generator<void, ShortestSet> {
  const beginning = yield* beginningOf(of, list, before);
  const junk = new JunkCounter();
  if (beginning !== undefined && isNothing(beginning.change)) return { addresses: beginning.addresses, junk };
  const nets =
    beginning === undefined
      ? yield* of.sort((yield* of.read(list, junk)).nets)
      : changedSorted(beginning.nets, beginning.change);
  const shortest = yield* fewest(of, nets, beginning);
  const fresh = yield* spelled(of, shortest, beginning);
  // What is equal to a list that others hold already is that list, so that its texts are there once.
  const addresses = before?.length === fresh.length && sharedEnds(before, fresh).head === fresh.length ? before : fresh;
  if (junk.count === 0 && list.length >= WORTH_KEEPING) of.bases.set(addresses, { list, nets, shortest });
  return { addresses, junk };
}

/**
 * Reads a list of addresses, drops covered nets, joins neighbours, with pauses. What differs little from a list that was
 * read before is made from that one: `before` are its addresses as they came out of here; others do no harm. What comes out is
 * `before` itself where it is equal.
 */
export function shortestSet(
  list: readonly unknown[],
  family: Family,
  before?: readonly string[],
): Generator<void, ShortestSet> {
  return family === 'v4' ? made(V4, list, before) : made(V6, list, before);
}
