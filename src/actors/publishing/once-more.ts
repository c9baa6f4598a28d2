import type { Config } from '../../config/schema.js';
import type { Self, TimerRef } from '../../otp/index.js';

/** A group's hosts have their rules by now: its sets are sent once more. */
export interface OnceMoreInfo {
  readonly tag: 'once_more';
  readonly groupId: string;
}

/**
 * An agent can't destroy a set that its old rules name, and loads sets before rules. So the sets are sent once more when
 * the rules have had time (20 s for sets, 21 s for rules at most), and before a set too many counts against its hosts: with
 * the usual 180 s of `hashcheck_alert_seconds` after 45 s.
 */
const PART_OF_TOLERANCE = 1 / 4;

/** Of groups with new rules: when their sets are sent once more (docs/sets-by-need.md#what-is-sent-when). */
export class OnceMore {
  readonly #afterMs: number;
  readonly #timers = new Map<string, TimerRef>();

  constructor({ hashcheck_alert_seconds: tolerance }: Pick<Config, 'hashcheck_alert_seconds'>) {
    this.#afterMs = tolerance * 1000 * PART_OF_TOLERANCE;
  }

  /** Groups that wait for it, by id. */
  get waiting(): readonly string[] {
    return [...this.#timers.keys()];
  }

  /** Whether rules that were confirmed so many seconds ago, before a restart perhaps, may have it still to come. */
  mayBeDue(seconds: number): boolean {
    return seconds * 1000 < 2 * this.#afterMs;
  }

  /** From now; what was to come for older rules is replaced. */
  begin(self: Self<OnceMoreInfo>, groupId: string): void {
    this.end(self, groupId);
    this.#timers.set(groupId, self.sendAfter(this.#afterMs, { tag: 'once_more', groupId }));
  }

  end(self: Self<OnceMoreInfo>, groupId: string): void {
    const timer = this.#timers.get(groupId);
    if (timer === undefined) return;
    this.#timers.delete(groupId);
    self.cancel(timer);
  }
}
