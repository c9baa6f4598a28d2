import { RateWindow } from '../rates/rate-window.js';

/** An agent reports once a minute, and when its interfaces change, which it looks at every five seconds. */
const MOST_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Notices a host that reports far more often than any agent does, counted over whole windows of a minute. */
export class FloodWatch {
  readonly #reports = new RateWindow({
    most: MOST_PER_MINUTE,
    lengthMs: MINUTE_MS,
    ended: (beyond, agoMs) => (this.#found = beyond > 0 && agoMs < MINUTE_MS),
  });
  #found = false;

  /** Whether this window or the one before was over the limit. */
  get found(): boolean {
    return this.#found;
  }

  /** Takes in a report at `now` (monotonic milliseconds); true for the one that is the first too many. */
  see(now: number): boolean {
    if (this.#reports.add(now) !== 'first_beyond' || this.#found) return false;
    this.#found = true;
    return true;
  }
}
