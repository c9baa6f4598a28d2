import type { Family } from '../addresses/family.js';
import type { SetKind } from '../sets/set-name.js';

/** Sets that may lack addresses, because a document that could add some to them is malformed, and why. */
export class IncompleteSets {
  readonly #named = new Map<string, string>();
  readonly #all = new Map<string, string>();

  get any(): boolean {
    return this.#named.size > 0 || this.#all.size > 0;
  }

  /** `set`: the full name. */
  add(set: string, reason: string): void {
    if (!this.#named.has(set)) this.#named.set(set, reason);
  }

  /** Unknown which ones: it may be any of this kind and family. */
  addAll(kind: SetKind, family: Family, reason: string): void {
    const key = `${kind} ${family}`;
    if (!this.#all.has(key)) this.#all.set(key, reason);
  }

  reason(set: string, kind: SetKind, family: Family): string | undefined {
    return this.#named.get(set) ?? this.#all.get(`${kind} ${family}`);
  }
}
