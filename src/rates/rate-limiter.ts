import type { Clock } from '../otp/index.js';

/** A token bucket: `perMinute` on average, as many at once after a quiet minute. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #perMinute: number;
  #tokens: number;
  #filledAt: number;

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
    this.#tokens = perMinute;
    this.#filledAt = clock.monotonic();
  }

  /** True, and one less for the others, or false: too many just now. */
  take(): boolean {
    const now = this.#clock.monotonic();
    const refill = ((now - this.#filledAt) * this.#perMinute) / 60_000;
    this.#tokens = Math.min(this.#perMinute, this.#tokens + refill);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
