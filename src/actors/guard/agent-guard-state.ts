import type { Clock } from '../../otp/index.js';

/**
 * Whether any agent reports (docs/host-lifecycle.md#the-guard). While it is not, this server is cut off rather
 * than everybody dead, so nobody is declared dead and nothing is published. Counts intervals of silence; an
 * installation without hosts is never silent. All times are monotonic milliseconds: the wall clock may jump.
 */
export class AgentGuardState {
  readonly #clock: Clock;
  readonly #maxSilentIntervals: number;
  readonly #hasHosts: () => boolean;
  #silentIntervals = 0;
  #openedAt: number;

  constructor(options: {
    readonly clock: Clock;
    readonly maxSilentIntervals: number;
    readonly hasHosts: () => boolean;
  }) {
    this.#clock = options.clock;
    this.#maxSilentIntervals = options.maxSilentIntervals;
    this.#hasHosts = options.hasHosts;
    this.#openedAt = options.clock.monotonic();
  }

  get silentIntervals(): number {
    return this.#silentIntervals;
  }

  get open(): boolean {
    return this.#silentIntervals < this.#maxSilentIntervals;
  }

  /** The moment from which deadlines count at the earliest: the start, or the last time that the guard opened. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /** An interval has passed. */
  interval(): void {
    if (this.#hasHosts()) this.#silentIntervals += 1;
    else this.#reset();
  }

  /** A report was handled. True when that opened the guard. */
  heard(): boolean {
    return this.#reset();
  }

  #reset(): boolean {
    const opening = !this.open;
    if (opening) this.#openedAt = this.#clock.monotonic();
    this.#silentIntervals = 0;
    return opening;
  }
}
