/**
 * A set, in order of insertion, that is its item itself as long as it has a single one: nearly every process has one link,
 * to its supervisor, one timer, and one watcher at a time, a call under way. Undefined is the empty one. It lies in a field,
 * which takes what `withItem` and `withoutItem` give.
 */
export type SmallSet<T extends object> = T | Set<T> | undefined;

export function withItem<T extends object>(set: SmallSet<T>, item: T): SmallSet<T> {
  if (set === undefined || set === item) return item;
  if (!(set instanceof Set)) return new Set([set, item]);
  set.add(item);
  return set;
}

/** A table that runs empty stays one: who had several items will have several again. */
export function withoutItem<T extends object>(set: SmallSet<T>, item: T): SmallSet<T> {
  if (set === item) return undefined;
  if (set instanceof Set) set.delete(item);
  return set;
}

export function itemsOf<T extends object>(set: SmallSet<T>): Iterable<T> {
  if (set === undefined) return [];
  return set instanceof Set ? set : [set];
}

export function itemCount(set: SmallSet<object>): number {
  if (set === undefined) return 0;
  return set instanceof Set ? set.size : 1;
}
