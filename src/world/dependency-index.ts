/**
 * Which groups' rules rest on what. Keys are words such as `profile:<id>`; a key may name something that does not exist
 * yet, so that its creation is noticed too. A many-to-many map kept both ways, so that forgetting costs what was kept.
 */
export class DependencyIndex {
  readonly #keysOf = new Map<string, readonly string[]>();
  readonly #groupsOf = new Map<string, Set<string>>();

  /** Replaces all that `group` rests on. */
  set(group: string, keys: Iterable<string>): void {
    this.delete(group);
    const own = [...new Set(keys)];
    this.#keysOf.set(group, own);
    for (const key of own) {
      const groups = this.#groupsOf.get(key);
      if (groups === undefined) this.#groupsOf.set(key, new Set([group]));
      else groups.add(group);
    }
  }

  delete(group: string): void {
    for (const key of this.#keysOf.get(group) ?? []) {
      const groups = this.#groupsOf.get(key);
      groups?.delete(group);
      if (groups?.size === 0) this.#groupsOf.delete(key);
    }
    this.#keysOf.delete(group);
  }

  /** The groups whose rules rest on `key`. */
  groupsOn(key: string): ReadonlySet<string> {
    return this.#groupsOf.get(key) ?? EMPTY;
  }
}

const EMPTY: ReadonlySet<string> = new Set();
