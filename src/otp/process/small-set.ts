/**
 * A set, in order of insertion, that needs no table as long as it has a single item: nearly every process has one link, to
 * its supervisor, and one watcher at a time, a call under way.
 */
export class SmallSet<T extends object> {
  #only: T | undefined = undefined;
  #more: Set<T> | undefined = undefined;

  get size(): number {
    return this.#more?.size ?? (this.#only === undefined ? 0 : 1);
  }

  add(item: T): void {
    if (this.#more !== undefined) this.#more.add(item);
    else if (this.#only === undefined) this.#only = item;
    else if (this.#only !== item) {
      this.#more = new Set([this.#only, item]);
      this.#only = undefined;
    }
  }

  delete(item: T): void {
    if (this.#more !== undefined) this.#more.delete(item);
    else if (this.#only === item) this.#only = undefined;
  }

  values(): Iterable<T> {
    return this.#more ?? (this.#only === undefined ? [] : [this.#only]);
  }
}
