import { LRUCache } from 'lru-cache';
import { RateWindow } from '../../rates/rate-window.js';

/** Addresses remembered at once; the one that failed longest ago is forgotten first. */
const MAX_ADDRESSES = 10_000;
const MINUTE_MS = 60_000;

/** Counts failed authentications by address, in windows of a minute, in bounded memory. */
export class FailureLimit {
  readonly #perMinute: number;
  readonly #failures = new LRUCache<string, RateWindow>({ max: MAX_ADDRESSES });

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Notes a failure at `now` (milliseconds). Over the limit: the seconds until the window ends, else undefined. */
  failed(address: string, now: number): number | undefined {
    let window = this.#failures.get(address);
    if (window === undefined) {
      window = new RateWindow({ most: this.#perMinute, lengthMs: MINUTE_MS });
      this.#failures.set(address, window);
    }
    return window.add(now) === 'within' ? undefined : Math.ceil(window.leftMs(now) / 1000);
  }
}
