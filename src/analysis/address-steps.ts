import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, intersection, NOBODY, type Point, rankOf, union, without } from './address-set.js';
import { addressSet } from './read-sets.js';

/** Addresses read between two pauses: some milliseconds. */
const A_STEP = 2000;

/** Joins sets, two by two, with pauses. */
export function* unionOfAll(family: Family, sets: readonly AddressSet[]): Generator<void, AddressSet> {
  let left = sets;
  while (left.length > 1) {
    const joined: AddressSet[] = [];
    let done = 0;
    for (let at = 0; at < left.length; at += 2) {
      const [one, other] = [left[at] as AddressSet, left[at + 1]];
      joined.push(other === undefined ? one : union(one, other));
      done += one.bounds.length + (other?.bounds.length ?? 0);
      if (done < A_STEP) continue;
      done = 0;
      yield;
    }
    left = joined;
  }
  return left[0] ?? NOBODY[family];
}

/** `addressSet` of a long list, with pauses. @throws AnalysisError that names the first that is no address */
export function* addressSetInSteps(family: Family, addresses: readonly string[]): Generator<void, AddressSet> {
  const parts: AddressSet[] = [];
  for (let at = 0; at < addresses.length; at += A_STEP) {
    parts.push(addressSet(family, addresses.slice(at, at + A_STEP)));
    yield;
  }
  return yield* unionOfAll(family, parts);
}

/** Bounds of a set that are walked over between two pauses: some milliseconds. Even, so that each part is whole intervals. */
const A_WALK = 8192;

/** The intervals of a set that meet the addresses from one up to another, whole. */
function around({ family, bounds }: AddressSet, from: Point, to: Point): AddressSet {
  const first = rankOf(bounds, from);
  const last = rankOf(bounds, to);
  return { family, bounds: bounds.slice(first - (first & 1), last + (last & 1)) };
}

/** What `of` leaves of `a` beside `b`, a part of `a` at a time: intervals of a set don't touch, nor does what is left of them. */
function* partByPart(a: AddressSet, b: AddressSet, of: typeof without, walk: number): Generator<void, AddressSet> {
  if (a.bounds.length <= walk) return of(a, b);
  const left: Point[] = [];
  for (let at = 0; at < a.bounds.length; at += walk) {
    if (at > 0) yield;
    const bounds = a.bounds.slice(at, at + walk);
    const beside = around(b, bounds[0] as Point, bounds.at(-1) as Point);
    for (const bound of of({ family: a.family, bounds }, beside).bounds) left.push(bound);
  }
  return { family: a.family, bounds: left };
}

/** `intersection` with pauses, where one of the sets is large. `walk`: bounds between two of them, an even number. */
export function intersectionInSteps(a: AddressSet, b: AddressSet, walk = A_WALK): Generator<void, AddressSet> {
  const [large, small] = a.bounds.length >= b.bounds.length ? [a, b] : [b, a];
  return partByPart(large, small, intersection, walk);
}

/** `without` with pauses, where `a` is large. `walk`: bounds between two of them, an even number. */
export function withoutInSteps(a: AddressSet, b: AddressSet, walk = A_WALK): Generator<void, AddressSet> {
  return partByPart(a, b, without, walk);
}
