/**
 * Which profiles' rules rest on what. Keys are words such as `service:<id>`; a key may name something that does not exist
 * yet, so that its creation is noticed too. A many-to-many map kept both ways, so that forgetting costs what was kept.
 */
export class DependencyIndex {
  readonly #keysOf = new Map<string, readonly string[]>();
  readonly #profilesOf = new Map<string, Set<string>>();

  /** Replaces all that the rules of `profile` rest on. */
  set(profile: string, keys: Iterable<string>): void {
    this.delete(profile);
    const own = [...new Set(keys)];
    if (own.length === 0) return;
    this.#keysOf.set(profile, own);
    for (const key of own) {
      const profiles = this.#profilesOf.get(key);
      if (profiles === undefined) this.#profilesOf.set(key, new Set([profile]));
      else profiles.add(profile);
    }
  }

  delete(profile: string): void {
    for (const key of this.#keysOf.get(profile) ?? []) {
      const profiles = this.#profilesOf.get(key);
      profiles?.delete(profile);
      if (profiles?.size === 0) this.#profilesOf.delete(key);
    }
    this.#keysOf.delete(profile);
  }

  /** The profiles whose rules rest on `key`. */
  profilesOn(key: string): ReadonlySet<string> {
    return this.#profilesOf.get(key) ?? EMPTY;
  }
}

const EMPTY: ReadonlySet<string> = new Set();
