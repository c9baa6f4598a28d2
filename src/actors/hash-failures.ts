import { HASH_FIELDS, type HashField } from '../host/hash-check.js';

/** How many hosts failed each comparison at their last report: the gauge `hash_failures` (metrics section 3). */
export class HashFailures {
  readonly #byHost = new Map<string, readonly HashField[]>();
  readonly #counts = new Map<HashField, number>(HASH_FIELDS.map((field) => [field, 0]));

  /** Replaces what is known of a host; true when a count changed. */
  set(hostkey: string, differing: readonly HashField[]): boolean {
    const before = this.#byHost.get(hostkey) ?? [];
    if (before.length === 0 && differing.length === 0) return false;
    for (const field of before) this.#counts.set(field, this.count(field) - 1);
    for (const field of differing) this.#counts.set(field, this.count(field) + 1);
    if (differing.length === 0) this.#byHost.delete(hostkey);
    else this.#byHost.set(hostkey, differing);
    return true;
  }

  count(field: HashField): number {
    return this.#counts.get(field) ?? 0;
  }

  differing(hostkey: string): readonly HashField[] {
    return this.#byHost.get(hostkey) ?? [];
  }
}
