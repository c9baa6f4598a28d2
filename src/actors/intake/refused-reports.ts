import type { JsonObject } from '../../model/document.js';

/** Why a report, or a part of what it says, was not taken. */
export type RefusalReason =
  'malformed' | 'invalid' | 'unknown_host' | 'unknown_group' | 'registration_limit' | 'cloned_hostkey' | 'overload';

interface Entry {
  readonly hostkey: string;
  reason: RefusalReason;
  detail: string;
  name: string;
  group: string;
  count: number;
  readonly firstAt: number;
  lastAt: number;
}

/**
 * Hosts whose reports are refused, newest first, for operators (`GET /api/V2/hosts/refused`). Bounded: when it is full
 * the one heard of longest ago goes. A host that is taken again leaves the list.
 */
export class RefusedReports {
  readonly #entries = new Map<string, Entry>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** `at` is epoch milliseconds. True when this host was not refused for this reason before: worth a log line. */
  add(
    at: number,
    host: { readonly hostkey: string; readonly name?: string; readonly group?: string },
    reason: RefusalReason,
    detail: string,
  ): boolean {
    const known = this.#entries.get(host.hostkey);
    const fresh = known?.reason !== reason || known.detail !== detail;
    const entry: Entry = known ?? {
      hostkey: host.hostkey,
      reason,
      detail,
      name: '',
      group: '',
      count: 0,
      firstAt: at,
      lastAt: at,
    };
    entry.reason = reason;
    entry.detail = detail;
    entry.name = host.name ?? entry.name;
    entry.group = host.group ?? entry.group;
    entry.count += 1;
    entry.lastAt = at;
    this.#entries.delete(host.hostkey);
    this.#entries.set(host.hostkey, entry);
    if (this.#entries.size > this.#max) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    return fresh;
  }

  /** The host was taken. */
  clear(hostkey: string): void {
    if (this.#entries.size > 0) this.#entries.delete(hostkey);
  }

  /** Times are epoch seconds. */
  list(): readonly JsonObject[] {
    return [...this.#entries.values()].reverse().map((entry) => ({
      hostkey: entry.hostkey,
      name: entry.name,
      group: entry.group,
      reason: entry.reason,
      detail: entry.detail,
      count: entry.count,
      first_at: Math.floor(entry.firstAt / 1000),
      last_at: Math.floor(entry.lastAt / 1000),
    }));
  }
}
