import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, NOBODY, union } from './address-set.js';
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
