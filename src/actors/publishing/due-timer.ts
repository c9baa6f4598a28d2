import type { Clock, Self, TimerRef } from '../../otp/index.js';

/** It is time to look what may go out. */
export interface DueInfo {
  readonly tag: 'due';
}

/** One timer, for the earliest of the times that it was asked for. */
export class DueTimer {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #timer: TimerRef | undefined = undefined;
  #at = Infinity;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** When it goes off, in monotonic milliseconds; Infinity: it does not. */
  get at(): number {
    return this.#at;
  }

  /** At this time, unless it goes off before. */
  atLatest(self: Self<DueInfo>, at: number): void {
    if (at >= this.#at) return;
    if (this.#timer !== undefined) self.cancel(this.#timer);
    this.#at = at;
    this.#timer = self.sendAfter(Math.max(0, at - this.#clock.monotonic()), { tag: 'due' });
  }

  /** It has. */
  wentOff(): void {
    this.#timer = undefined;
    this.#at = Infinity;
  }
}
