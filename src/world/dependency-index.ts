/**
 * Which profiles' rules rest on what. Keys are words such as `service:<id>`; a key may name something that does not exist
 * yet, so that its creation is noticed too. A many-to-many map kept both ways, so that a change costs what is different.
 */
export class DependencyIndex {
  readonly #keysOf = new Map<string, ReadonlySet<string>>();
  readonly #profilesOf = new Map<string, Set<string>>();

  /** Replaces all that the rules of `profile` rest on. */
  set(profile: string, keys: Iterable<string>): void {
    const before = this.#keysOf.get(profile) ?? EMPTY;
    const after = new Set(keys);
    for (const key of before) if (!after.has(key)) this.#drop(key, profile);
    for (const key of after) if (!before.has(key)) this.#add(key, profile);
    if (after.size === 0) this.#keysOf.delete(profile);
    else this.#keysOf.set(profile, after);
  }

  /** The profiles whose rules rest on `key`. */
  profilesOn(key: string): ReadonlySet<string> {
    return this.#profilesOf.get(key) ?? EMPTY;
  }

  #add(key: string, profile: string): void {
    const profiles = this.#profilesOf.get(key);
    if (profiles === undefined) this.#profilesOf.set(key, new Set([profile]));
    else profiles.add(profile);
  }

  #drop(key: string, profile: string): void {
    const profiles = this.#profilesOf.get(key);
    profiles?.delete(profile);
    if (profiles?.size === 0) this.#profilesOf.delete(key);
  }
}

const EMPTY: ReadonlySet<string> = new Set();
