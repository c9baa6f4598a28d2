import type { Self, TimerRef } from '../../otp/index.js';
import { refusedRetryMs, type RefusedRetryNeeds } from './refused-retry.js';

/** Perhaps the sets are taken now. */
export interface SetsAgainInfo {
  readonly tag: 'again';
}

/** Sets that the broker found too large: when they are tried again. */
export class SetsTriedAgain {
  readonly #needs: RefusedRetryNeeds;
  #timer: TimerRef | undefined = undefined;

  constructor(needs: RefusedRetryNeeds) {
    this.#needs = needs;
  }

  get isDue(): boolean {
    return this.#timer !== undefined;
  }

  later(self: Self<SetsAgainInfo>): void {
    this.end(self);
    this.#timer = self.sendAfter(refusedRetryMs(this.#needs), { tag: 'again' });
  }

  /** Whether they were to be. */
  end(self: Self<SetsAgainInfo>): boolean {
    const timer = this.#timer;
    this.#timer = undefined;
    if (timer !== undefined) self.cancel(timer);
    return timer !== undefined;
  }

  /** It is their turn. */
  begun(): void {
    this.#timer = undefined;
  }
}
