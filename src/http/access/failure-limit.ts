/** Addresses remembered at once; the oldest are forgotten first. */
const MAX_ADDRESSES = 10_000;
const WINDOW_MS = 60_000;

/** Counts failed authentications by address, in windows of a minute, in bounded memory. */
export class FailureLimit {
  readonly #perMinute: number;
  readonly #failures = new Map<string, { count: number; since: number }>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Notes a failure at `now` (milliseconds). Over the limit: the seconds until the window ends, else undefined. */
  failed(address: string, now: number): number | undefined {
    let entry = this.#failures.get(address);
    if (!entry || now - entry.since >= WINDOW_MS || now < entry.since) {
      this.#failures.delete(address);
      entry = { count: 0, since: now };
      this.#failures.set(address, entry);
      if (this.#failures.size > MAX_ADDRESSES) this.#failures.delete(this.#failures.keys().next().value as string);
    }
    entry.count += 1;
    return entry.count > this.#perMinute ? Math.ceil((entry.since + WINDOW_MS - now) / 1000) : undefined;
  }
}
