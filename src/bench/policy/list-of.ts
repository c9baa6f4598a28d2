/** `make` of 0, 1 and so on. */
export function listOf<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
