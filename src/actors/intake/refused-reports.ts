import { LRUCache } from 'lru-cache';

/** Why a report, or a part of what it says, was not taken. */
export type RefusalReason =
  | 'malformed'
  | 'invalid'
  | 'addresses'
  | 'too_many_hosts'
  | 'wrong_user'
  | 'unknown_host'
  | 'unknown_group'
  | 'registration_limit'
  | 'cloned_hostkey'
  | 'overload';

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

/** A host as the list has it. Times are epoch seconds. */
export interface RefusedReport {
  readonly hostkey: string;
  readonly name: string;
  readonly group: string;
  readonly reason: RefusalReason;
  readonly detail: string;
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
}

/**
 * Hosts whose reports are refused, newest first, for operators (`GET /api/V2/hosts/refused`). Bounded: when it is full
 * the one that reported longest ago goes. A host that is taken again leaves the list.
 */
export class RefusedReports {
  /** Only `add` is a use; it is read with `peek`. */
  readonly #entries: LRUCache<string, Entry>;
  readonly #onAddresses: (hostkeys: readonly string[]) => void;
  /** One of those with bad addresses had to make room. */
  #addressesWent = false;
  #badAddresses: readonly string[] = [];

  /**
   * `onAddresses` is told, whenever they are others than before, which hosts were last refused because of the addresses
   * that they reported.
   */
  constructor(max: number, onAddresses: (hostkeys: readonly string[]) => void = () => undefined) {
    this.#entries = new LRUCache({
      max,
      dispose: ({ reason }, _, why) => {
        if (why === 'evict' && reason === 'addresses') this.#addressesWent = true;
      },
    });
    this.#onAddresses = onAddresses;
  }

  /** `at` is epoch milliseconds. True when this host was not refused for this reason before: worth a log line. */
  add(
    at: number,
    host: { readonly hostkey: string; readonly name?: string; readonly group?: string },
    reason: RefusalReason,
    detail: string,
  ): boolean {
    const known = this.#entries.peek(host.hostkey);
    const concerned = known?.reason === 'addresses' || reason === 'addresses';
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
    this.#entries.set(host.hostkey, entry);
    if (concerned || this.#addressesWent) this.#tellAddresses();
    return fresh;
  }

  /** The host was taken, or is gone. */
  clear(hostkey: string): void {
    const entry = this.#entries.peek(hostkey);
    if (entry === undefined) return;
    this.#entries.delete(hostkey);
    if (entry.reason === 'addresses') this.#tellAddresses();
  }

  /** A report of the host passed every check of what it says; whether it is taken is another question. */
  passed(hostkey: string): void {
    const reason = this.#entries.peek(hostkey)?.reason;
    if (reason === 'addresses' || reason === 'invalid' || reason === 'malformed' || reason === 'wrong_user')
      this.clear(hostkey);
  }

  /** Those whose addresses were refused and who have not reported since `before` (epoch milliseconds) are let go. */
  forgetAddressesBefore(before: number): void {
    for (const { hostkey, reason, lastAt } of [...this.#entries.values()])
      if (reason === 'addresses' && lastAt < before) this.#entries.delete(hostkey);
    this.#tellAddresses();
  }

  #tellAddresses(): void {
    this.#addressesWent = false;
    const now = [...this.#entries.rvalues()].flatMap((entry) => (entry?.reason === 'addresses' ? [entry.hostkey] : []));
    const before = this.#badAddresses;
    if (now.length === before.length && new Set([...now, ...before]).size === now.length) return;
    this.#badAddresses = now;
    this.#onAddresses(now);
  }

  list(): readonly RefusedReport[] {
    return [...this.#entries.values()].map((entry) => ({
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
