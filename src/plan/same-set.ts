import type { WantedSet } from '../firewall/sets/build-set.js';
import { sharedEnds } from '../model/shared-ends.js';

/** The addresses that sets have now, by full name: what stands in where a set can't be made. */
export type Contents = ReadonlyMap<string, readonly string[]>;

/** Whether two lists have the same elements. */
export function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && sharedEnds(a, b).head === a.length);
}

/** Whether two sets hold the same for the same reasons. */
export function sameSet(a: WantedSet, b: WantedSet): boolean {
  return (
    a.order === b.order &&
    a.unreadable === b.unreadable &&
    a.incomplete === b.incomplete &&
    sameList(a.addresses, b.addresses)
  );
}
