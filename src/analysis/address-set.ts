import { type Family, WIDTH } from '../firewall/addresses/family.js';
import { baseOf4, lengthOf4, parseNet4, sizeOf4 } from '../firewall/addresses/ipv4.js';
import { baseOf6, lengthOf6, parseNet6 } from '../firewall/addresses/ipv6.js';

/**
 * A place in an address space: for IPv4 a number, 0 to 2^32; for IPv6 a string of eight UTF-16 units, as `Net6` has
 * them, or {@link END_6}. Both sort with `<` in address order, and neither rounds.
 */
export type Point = number | string;

const START_6 = '\0'.repeat(8);
/** One past the last IPv6 address: longer than every address, so it sorts behind all of them. */
const END_6 = '\uffff'.repeat(9);

/** The first address of a family. */
export const START: Readonly<Record<Family, Point>> = { v4: 0, v6: START_6 };
/** One past the last address of a family. */
export const END: Readonly<Record<Family, Point>> = { v4: 2 ** 32, v6: END_6 };

/**
 * Addresses of one family as intervals: `bounds` are strictly rising, the first in, the second out, and so on. An even
 * number of them. Never changed.
 */
export interface AddressSet {
  readonly family: Family;
  readonly bounds: readonly Point[];
}

export const NOBODY: Readonly<Record<Family, AddressSet>> = {
  v4: { family: 'v4', bounds: [] },
  v6: { family: 'v6', bounds: [] },
};
export const EVERYBODY: Readonly<Record<Family, AddressSet>> = {
  v4: { family: 'v4', bounds: [START.v4, END.v4] },
  v6: { family: 'v6', bounds: [START.v6, END.v6] },
};

/** The first address behind a net of IPv6, `base` being its eight groups. */
function behind6(base: string, length: number): Point {
  if (length === 0) return END_6;
  const groups = Array.from({ length: 8 }, (_, index) => base.charCodeAt(index));
  let place = (length - 1) >> 4;
  let carry = 1 << (15 - ((length - 1) & 15));
  for (; place >= 0; place -= 1) {
    const sum = (groups[place] as number) + carry;
    groups[place] = sum & 0xffff;
    if (sum <= 0xffff) return String.fromCharCode(...groups);
    carry = 1;
  }
  return END_6;
}

/** Reads an address or net as its first address and the one behind its last; undefined if it is neither. */
export function readNet(text: string, family: Family): readonly [Point, Point] | undefined {
  if (family === 'v4') {
    const net = parseNet4(text);
    if (net < 0) return undefined;
    const base = baseOf4(net);
    return [base, base + sizeOf4(lengthOf4(net))];
  }
  const net = parseNet6(text);
  if (net === undefined) return undefined;
  const base = baseOf6(net);
  return [base, behind6(base, lengthOf6(net))];
}

/** Reads one address, without a prefix length. */
export function readAddress(text: string, family: Family): Point | undefined {
  return text.includes('/') ? undefined : readNet(text, family)?.[0];
}

/** Joins nets, in any order and overlapping, to a set. */
export function joinNets(family: Family, nets: readonly (readonly [Point, Point])[]): AddressSet {
  const sorted = [...nets].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const bounds: Point[] = [];
  for (const [from, to] of sorted) {
    const last = bounds.at(-1);
    if (last === undefined || last < from) bounds.push(from, to);
    else if (last < to) bounds[bounds.length - 1] = to;
  }
  return { family, bounds };
}

/** How many of `bounds` are at or before a point, by halves. */
export function rankOf(bounds: readonly Point[], point: Point): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] as Point) <= point) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether an address is in a set. */
export function holds(set: AddressSet, point: Point): boolean {
  return (rankOf(set.bounds, point) & 1) === 1;
}

/** Walks over two sets at once; keeps where `wanted` is true of being in the first and in the second. */
function combine(a: AddressSet, b: AddressSet, wanted: (inA: boolean, inB: boolean) => boolean): AddressSet {
  const bounds: Point[] = [];
  let i = 0;
  let j = 0;
  let kept = false;
  while (i < a.bounds.length || j < b.bounds.length) {
    const fromA = a.bounds[i];
    const fromB = b.bounds[j];
    const at = fromB === undefined || (fromA !== undefined && fromA <= fromB) ? (fromA as Point) : fromB;
    if (fromA === at) i += 1;
    if (fromB === at) j += 1;
    const keep = wanted((i & 1) === 1, (j & 1) === 1);
    if (keep !== kept) bounds.push(at);
    kept = keep;
  }
  return { family: a.family, bounds };
}

/** How much larger one set must be for its bounds to be looked up, not walked over. */
const MUCH_LARGER = 16;

export function intersection(a: AddressSet, b: AddressSet): AddressSet {
  const [small, large] = a.bounds.length <= b.bounds.length ? [a, b] : [b, a];
  if (small.bounds.length * MUCH_LARGER > large.bounds.length) return combine(a, b, (inA, inB) => inA && inB);
  const bounds: Point[] = [];
  for (let at = 0; at < small.bounds.length; at += 2) {
    const [from, to] = [small.bounds[at] as Point, small.bounds[at + 1] as Point];
    let next = rankOf(large.bounds, from);
    if ((next & 1) === 1) bounds.push(from);
    for (; next < large.bounds.length && (large.bounds[next] as Point) < to; next += 1)
      bounds.push(large.bounds[next] as Point);
    if ((next & 1) === 1) bounds.push(to);
  }
  return { family: a.family, bounds };
}
export function union(a: AddressSet, b: AddressSet): AddressSet {
  return combine(a, b, (inA, inB) => inA || inB);
}
/** What is in one of them and not in the other. */
export function symmetricDifference(a: AddressSet, b: AddressSet): AddressSet {
  return combine(a, b, (inA, inB) => inA !== inB);
}
/** What is in `a` and not in `b`. */
export function without(a: AddressSet, b: AddressSet): AddressSet {
  return combine(a, b, (inA, inB) => inA && !inB);
}

/** {@link isWithin} for sets of about one size: walks over both. */
function isWithinBeside(a: AddressSet, b: AddressSet): boolean {
  let place = 0;
  for (let at = 0; at < a.bounds.length; at += 2) {
    const [from, to] = [a.bounds[at] as Point, a.bounds[at + 1] as Point];
    while (place < b.bounds.length && (b.bounds[place + 1] as Point) <= from) place += 2;
    if (place >= b.bounds.length || (b.bounds[place] as Point) > from || (b.bounds[place + 1] as Point) < to)
      return false;
  }
  return true;
}

/** Whether all of `a` is in `b`. */
export function isWithin(a: AddressSet, b: AddressSet): boolean {
  if (a === b) return true;
  if (a.bounds.length * MUCH_LARGER > b.bounds.length) return isWithinBeside(a, b);
  for (let at = 0; at < a.bounds.length; at += 2) {
    const rank = rankOf(b.bounds, a.bounds[at] as Point);
    if ((rank & 1) === 0 || (b.bounds[rank] as Point) < (a.bounds[at + 1] as Point)) return false;
  }
  return true;
}

/** Whether any address is in both; the smaller one is looked up in the other. */
export function intersects(a: AddressSet, b: AddressSet): boolean {
  if (a === b) return a.bounds.length > 0;
  const [few, many] = a.bounds.length <= b.bounds.length ? [a, b] : [b, a];
  if (few.bounds.length === 0) return false;
  if (
    (few.bounds.at(-1) as Point) <= (many.bounds[0] as Point) ||
    (many.bounds.at(-1) as Point) <= (few.bounds[0] as Point)
  )
    return false;
  for (let at = 0; at < few.bounds.length; at += 2) {
    const rank = rankOf(many.bounds, few.bounds[at] as Point);
    if ((rank & 1) === 1) return true;
    const next = many.bounds[rank];
    if (next !== undefined && next < (few.bounds[at + 1] as Point)) return true;
  }
  return false;
}

export function sameAddresses(a: AddressSet, b: AddressSet): boolean {
  if (a === b) return true;
  return (
    a.family === b.family &&
    a.bounds.length === b.bounds.length &&
    a.bounds.every((point, at) => point === b.bounds[at])
  );
}

/** A point as a whole number. */
export function numberOf(point: Point): bigint {
  if (typeof point === 'number') return BigInt(point);
  if (point === END_6) return 1n << BigInt(WIDTH.v6);
  let value = 0n;
  for (let at = 0; at < 8; at += 1) value = (value << 16n) | BigInt(point.charCodeAt(at));
  return value;
}

/** The point of a whole number. */
export function pointOf(value: bigint, family: Family): Point {
  if (family === 'v4') return Number(value);
  if (value >> BigInt(WIDTH.v6) !== 0n) return END_6;
  let text = '';
  for (let shift = 112n; shift >= 0n; shift -= 16n) text += String.fromCharCode(Number((value >> shift) & 0xffffn));
  return text;
}

/** The point before one that is not the first. */
export function pointBefore(point: Point, family: Family): Point {
  if (typeof point === 'number') return point - 1;
  const last = point.charCodeAt(7);
  // For the most part only the last group changes.
  if (point === END_6 || last === 0) return pointOf(numberOf(point) - 1n, family);
  return point.slice(0, 7) + String.fromCharCode(last - 1);
}

/** Sums up to here and one interval more are exact as numbers. */
const MOST_SMALL = 2 ** 51;

function low48(point: string): number {
  return point.charCodeAt(5) * 2 ** 32 + point.charCodeAt(6) * 2 ** 16 + point.charCodeAt(7);
}

/** How many addresses are from one point up to another, where that is a number below 2^48; undefined: where it isn't. */
function smallSize(from: Point, to: Point): number | undefined {
  if (typeof from === 'number' || typeof to === 'number') return (to as number) - (from as number);
  if (to === END_6) return undefined;
  for (let at = 0; at < 5; at += 1) if (from.charCodeAt(at) !== to.charCodeAt(at)) return undefined;
  return low48(to) - low48(from);
}

const counts = new WeakMap<AddressSet, bigint>();

/** How many addresses a set holds. */
export function countOf(set: AddressSet): bigint {
  const known = counts.get(set);
  if (known !== undefined) return known;
  let count = 0n;
  // Sums of small intervals as numbers: whole numbers of any length take a hundred times as long.
  let small = 0;
  for (let at = 0; at < set.bounds.length; at += 2) {
    const [from, to] = [set.bounds[at] as Point, set.bounds[at + 1] as Point];
    const size = smallSize(from, to);
    if (size === undefined) count += numberOf(to) - numberOf(from);
    else small += size;
    if (small < MOST_SMALL) continue;
    count += BigInt(small);
    small = 0;
  }
  count += BigInt(small);
  counts.set(set, count);
  return count;
}
