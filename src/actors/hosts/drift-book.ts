import { HASH_FIELDS, type HashField } from '../../host/hash-check.js';

/** How far one host is from what it was sent. Times are epoch seconds. */
export interface Drift {
  readonly differing: readonly HashField[];
  /** Since when something has been differing without a break. */
  readonly since: number;
  readonly repairs: number;
  readonly lastRepairAt: number | null;
}

/**
 * Which hosts differ from what they were sent, as of their last reports: for the gauge `hash_failures` (metrics section
 * 3) and for operators. Only hosts that differ have an entry.
 */
export class DriftBook {
  readonly #byHost = new Map<string, Drift>();
  readonly #counts = new Map<HashField, number>(HASH_FIELDS.map((field) => [field, 0]));

  /** Takes in a report. */
  observe(hostkey: string, differing: readonly HashField[], now: number): void {
    const before = this.#byHost.get(hostkey);
    if (sameFields(before?.differing ?? [], differing)) return;
    for (const field of before?.differing ?? []) this.#counts.set(field, this.count(field) - 1);
    for (const field of differing) this.#counts.set(field, this.count(field) + 1);
    if (differing.length === 0) this.#byHost.delete(hostkey);
    else
      this.#byHost.set(hostkey, {
        since: before?.since ?? now,
        repairs: before?.repairs ?? 0,
        lastRepairAt: before?.lastRepairAt ?? null,
        differing,
      });
  }

  /** The host was sent its copy again. */
  repaired(hostkey: string, now: number): void {
    const before = this.#byHost.get(hostkey);
    if (before === undefined) return;
    this.#byHost.set(hostkey, { ...before, repairs: before.repairs + 1, lastRepairAt: now });
  }

  /** The host is gone. */
  forget(hostkey: string): void {
    this.observe(hostkey, [], 0);
  }

  /** Hosts that differ in this hash. */
  count(field: HashField): number {
    return this.#counts.get(field) ?? 0;
  }

  get(hostkey: string): Drift | undefined {
    return this.#byHost.get(hostkey);
  }
}

function sameFields(some: readonly HashField[], others: readonly HashField[]): boolean {
  return some.length === others.length && some.every((field, at) => field === others[at]);
}
