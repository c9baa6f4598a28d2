/**
 * The different texts among many lists, sorted: lists come and go, and only what that changes is put in or taken out. Equal to
 * sorting the union of the lists that are in it.
 */
export class AddressTally {
  /** How often each text is in the lists. */
  readonly #counts = new Map<string, number>();
  /** Texts that the sorted list has wrongly, or lacks. */
  readonly #moved = new Set<string>();
  #sorted: readonly string[] = Object.freeze([]);

  add(list: readonly string[]): void {
    for (const text of list) {
      const count = this.#counts.get(text) ?? 0;
      this.#counts.set(text, count + 1);
      if (count === 0) this.#move(text);
    }
  }

  /** Takes back a list that was added. */
  remove(list: readonly string[]): void {
    for (const text of list) {
      const count = this.#counts.get(text) ?? 0;
      if (count > 1) {
        this.#counts.set(text, count - 1);
        continue;
      }
      this.#counts.delete(text);
      if (count === 1) this.#move(text);
    }
  }

  /** Sorted, without repeats; the same frozen list as long as it holds the same. */
  sorted(): readonly string[] {
    if (this.#moved.size === 0) return this.#sorted;
    const kept = this.#sorted.filter((text) => !this.#moved.has(text));
    const come = [...this.#moved].filter((text) => this.#counts.has(text)).sort();
    this.#moved.clear();
    this.#sorted = Object.freeze(merged(kept, come));
    return this.#sorted;
  }

  #move(text: string): void {
    if (!this.#moved.delete(text)) this.#moved.add(text);
  }
}

/** Two sorted lists without a text in common, as one. */
function merged(one: readonly string[], other: readonly string[]): readonly string[] {
  const all: string[] = [];
  let at = 0;
  for (const text of other) {
    for (let next = one[at]; next !== undefined && next < text; next = one[at]) {
      all.push(next);
      at += 1;
    }
    all.push(text);
  }
  return all.concat(one.slice(at));
}
