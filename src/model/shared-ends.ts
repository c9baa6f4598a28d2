/**
 * How many elements two lists share at their begin and, of what is left, at their end. `alike`: what tells so of elements
 * that are not identical; without it they are strings and numbers alone.
 */
export function sharedEnds<Element>(
  before: readonly Element[],
  after: readonly Element[],
  alike?: (one: Element | undefined, other: Element | undefined) => boolean,
): { readonly head: number; readonly tail: number } {
  if (before === after) return { head: after.length, tail: 0 };
  const shared = (one: number, other: number): boolean =>
    before[one] === after[other] || alike?.(before[one], after[other]) === true;
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && shared(head, head)) head += 1;
  let tail = 0;
  while (tail < most - head && shared(before.length - 1 - tail, after.length - 1 - tail)) tail += 1;
  return { head, tail };
}
