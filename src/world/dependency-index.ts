/**
 * Which profiles' rules rest on what. Keys are words such as `service:<id>`; a key may name something that does not exist
 * yet, so that its creation is noticed too. A many-to-many map kept both ways, so that a change costs what is different.
 */
export class DependencyIndex {
  /** Lists without doubles: sets of a hundred words take ten times as much, and are asked for one only when it changes. */
  readonly #keysOf = new Map<string, readonly string[]>();
  readonly #profilesOf = new Map<string, Dependants>();

  /** Replaces all that the rules of `profile` rest on. */
  set(profile: string, keys: Iterable<string>): void {
    const before = new Set(this.#keysOf.get(profile));
    const after = new Set(keys);
    for (const key of before) if (!after.has(key)) this.#drop(key, profile);
    const kept: string[] = [];
    for (const key of after) kept.push(this.#add(key, profile));
    if (kept.length === 0) this.#keysOf.delete(profile);
    else this.#keysOf.set(profile, kept.slice());
  }

  /** The profiles whose rules rest on `key`. */
  profilesOn(key: string): ReadonlySet<string> {
    return this.#profilesOf.get(key)?.profiles ?? EMPTY;
  }

  /** Gives the one string that stands for all that are equal to `key`. */
  #add(key: string, profile: string): string {
    const found = this.#profilesOf.get(key);
    if (found === undefined) this.#profilesOf.set(key, { key, profiles: new Set([profile]) });
    else found.profiles.add(profile);
    return found?.key ?? key;
  }

  #drop(key: string, profile: string): void {
    const profiles = this.#profilesOf.get(key)?.profiles;
    profiles?.delete(profile);
    if (profiles?.size === 0) this.#profilesOf.delete(key);
  }
}

interface Dependants {
  readonly key: string;
  readonly profiles: Set<string>;
}

const EMPTY: ReadonlySet<string> = new Set();
