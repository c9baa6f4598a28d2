const SURROGATE = /[\ud800-\udfff]/;

/**
 * Compares two strings by their UTF-8 bytes. The order of UTF-8 bytes is the order of code points, which JavaScript's
 * own `<` follows except where a surrogate pair meets a character above U+D7FF.
 */
export function compareBytes(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts lines in place by their UTF-8 bytes, as `lists:sort/1` does with binaries; returns the same array. */
export function sortByBytes(lines: string[]): string[] {
  return lines.some((line) => SURROGATE.test(line)) ? lines.sort(compareBytes) : lines.sort();
}

/** Elements in the order of the UTF-8 bytes of their keys, as a new list. */
export function sortedByBytes<Element>(list: readonly Element[], keyOf: (element: Element) => string): Element[] {
  const keyed = list.map((element) => [keyOf(element), element] as const);
  const compare = keyed.some(([key]) => SURROGATE.test(key))
    ? compareBytes
    : (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return keyed.sort(([a], [b]) => compare(a, b)).map(([, element]) => element);
}
