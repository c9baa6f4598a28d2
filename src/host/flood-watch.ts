/** An agent reports once a minute, and when its interfaces change, which it looks at every five seconds. */
const MOST_A_MINUTE = 60;
const WINDOW_MS = 60_000;

/** Notices a host that reports far more often than any agent does, counted over whole windows of a minute. */
export class FloodWatch {
  #windowStart = -Infinity;
  #count = 0;
  #found = false;

  /** Whether this window or the one before was over the limit. */
  get found(): boolean {
    return this.#found;
  }

  /** Takes in a report at `now` (monotonic milliseconds); true for the one that is the first too many. */
  see(now: number): boolean {
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#found = this.#count > MOST_A_MINUTE && now - this.#windowStart < 2 * WINDOW_MS;
      this.#windowStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count !== MOST_A_MINUTE + 1 || this.#found) return false;
    this.#found = true;
    return true;
  }
}
