/** How many elements two lists share at their begin and, of what is left, at their end: strings and numbers alone. */
export function sharedEnds(
  before: readonly unknown[],
  after: readonly unknown[],
): { readonly head: number; readonly tail: number } {
  if (before === after) return { head: after.length, tail: 0 };
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { head, tail };
}
