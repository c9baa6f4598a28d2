import { sharedEnds } from '../../model/shared-ends.js';

/** What a list has lost and gained. */
export interface ListChange<Element> {
  readonly removed: readonly Element[];
  readonly added: readonly Element[];
}

/** Lists of which more is different are made anew as a whole: that costs as much, and is done in small steps. */
const MOST_CHANGED = 256;

/** What lies between the ends that two lists share; `undefined`: too much. */
export function listChange<Element>(
  before: readonly Element[],
  after: readonly Element[],
): ListChange<Element> | undefined {
  const { head, tail } = sharedEnds(before, after);
  if (before.length + after.length - 2 * (head + tail) > MOST_CHANGED) return undefined;
  return { removed: before.slice(head, before.length - tail), added: after.slice(head, after.length - tail) };
}

/** The same of two sorted lists without repeats, wherever they differ. */
export function sortedChange<Element extends number | string>(
  before: readonly Element[],
  after: readonly Element[],
): ListChange<Element> | undefined {
  const { head, tail } = sharedEnds(before, after);
  const [removed, added]: [Element[], Element[]] = [[], []];
  let [i, j] = [head, head];
  while (i < before.length - tail || j < after.length - tail) {
    const [was, is] = [before[i], after[j]];
    if (was === is) {
      i += 1;
      j += 1;
    } else if (j === after.length - tail || (i < before.length - tail && (was as Element) < (is as Element))) {
      removed.push(was as Element);
      i += 1;
    } else {
      added.push(is as Element);
      j += 1;
    }
    if (removed.length + added.length > MOST_CHANGED) return undefined;
  }
  return { removed, added };
}

/** The first place in a sorted list at which nothing stands that is less. */
export function placeOf<Element extends number | string>(sorted: readonly Element[], element: Element): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] as Element) < element) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A sorted list after a change, as a new list. What is removed must be in it. */
export function changedSorted<Element extends number | string>(
  sorted: readonly Element[],
  { removed, added }: ListChange<Element>,
): Element[] {
  // Each copy of a long list is memory that is new to the process, which costs more than the copying.
  let list: Element[] | undefined;
  for (const element of removed) {
    if (list === undefined) list = sorted.toSpliced(placeOf(sorted, element), 1);
    else list.splice(placeOf(list, element), 1);
  }
  for (const element of added) {
    if (list === undefined) list = sorted.toSpliced(placeOf(sorted, element), 0, element);
    else list.splice(placeOf(list, element), 0, element);
  }
  return list ?? sorted.slice();
}
