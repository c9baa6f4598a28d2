import type { Config } from '../../config/schema.js';
import type { Clock, Self, TimerRef } from '../../otp/index.js';
import type { DueInfo } from './due-timer.js';

export interface SetsDueNeeds {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly config: Pick<Config, 'publish_quiet_ms' | 'ipset_periodic_publish_interval_seconds'>;
}

/** Whether the sets are to be published, and when they may be (docs/host-lifecycle.md#publishing). */
export class SetsDue {
  readonly #needs: SetsDueNeeds;
  #since: number | undefined = undefined;
  #sentAt = -Infinity;
  #timer: TimerRef | undefined = undefined;

  constructor(needs: SetsDueNeeds) {
    this.#needs = needs;
  }

  /** Monotonic milliseconds; undefined: nothing is to be published. */
  get since(): number | undefined {
    return this.#since;
  }

  get isDirty(): boolean {
    return this.#since !== undefined;
  }

  get lookIsDue(): boolean {
    return this.#timer !== undefined;
  }

  /** Milliseconds until the next text may go out. */
  get waitMs(): number {
    const { config, clock } = this.#needs;
    const interval = config.ipset_periodic_publish_interval_seconds * 1000;
    return Math.max(config.publish_quiet_ms, this.#sentAt + interval - clock.monotonic());
  }

  dirty(): void {
    this.#since ??= this.#needs.clock.monotonic();
  }

  clean(): void {
    this.#since = undefined;
  }

  sent(): void {
    this.#sentAt = this.#needs.clock.monotonic();
  }

  /** Sees to it that sets that are to be published are looked at when they may be. */
  schedule(self: Self<DueInfo>): void {
    if (this.isDirty) this.lookIn(self, this.waitMs);
  }

  /** In so many milliseconds, unless a look is due already. */
  lookIn(self: Self<DueInfo>, ms: number): void {
    this.#timer ??= self.sendAfter(ms, { tag: 'due' });
  }

  /** That look has come. */
  wentOff(): void {
    this.#timer = undefined;
  }
}
