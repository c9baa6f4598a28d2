/**
 * A map with some entries other than in `base`, which is read and not copied. Entries of `changed` that are `undefined`
 * are gone; new ones come last.
 */
export class OverlayMap<Value> implements ReadonlyMap<string, Value> {
  readonly #base: ReadonlyMap<string, Value>;
  readonly #changed: ReadonlyMap<string, Value | undefined>;

  constructor(base: ReadonlyMap<string, Value>, changed: ReadonlyMap<string, Value | undefined>) {
    this.#base = base;
    this.#changed = changed;
  }

  get size(): number {
    let size = this.#base.size;
    for (const [key, value] of this.#changed) {
      const there = this.#base.has(key);
      if (there && value === undefined) size -= 1;
      if (!there && value !== undefined) size += 1;
    }
    return size;
  }

  get(key: string): Value | undefined {
    return this.#changed.has(key) ? this.#changed.get(key) : this.#base.get(key);
  }

  has(key: string): boolean {
    return this.#changed.has(key) ? this.#changed.get(key) !== undefined : this.#base.has(key);
  }

  *entries(): MapIterator<[string, Value]> {
    for (const [key, value] of this.#base) {
      const now = this.#changed.has(key) ? this.#changed.get(key) : value;
      if (now !== undefined) yield [key, now];
    }
    for (const [key, value] of this.#changed) if (value !== undefined && !this.#base.has(key)) yield [key, value];
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }

  forEach(visit: (value: Value, key: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
}
