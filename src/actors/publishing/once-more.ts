import type { Config } from '../../config/schema.js';
import type { Clock, Self, TimerRef } from '../../otp/index.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import { nowSeconds } from '../now-seconds.js';

export interface OnceMoreNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<Config, 'hashcheck_alert_seconds'>;
  readonly groupSets: Pick<GroupSets, 'scope'>;
}

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

/** Of groups with new rules, where sets go by group: when those are sent once more (docs/sets-by-need.md#what-is-sent-when). */
export class OnceMore {
  readonly #needs: OnceMoreNeeds;
  readonly #afterMs: number;
  readonly #timers = new Map<string, TimerRef>();

  constructor(needs: OnceMoreNeeds) {
    this.#needs = needs;
    this.#afterMs = needs.config.hashcheck_alert_seconds * 1000 * PART_OF_TOLERANCE;
  }

  /** Groups that wait for it, by id. */
  get waiting(): readonly string[] {
    return [...this.#timers.keys()];
  }

  /** From now; what was to come for older rules is replaced. */
  begin(self: Self<OnceMoreInfo>, groupId: string): void {
    if (this.#needs.groupSets.scope !== 'group') return;
    this.end(self, groupId);
    this.#timers.set(groupId, self.sendAfter(this.#afterMs, { tag: 'once_more', groupId }));
  }

  /** The timer of a predecessor, or of the server before a restart, is gone with it: rules that were confirmed lately begin anew. */
  resume(self: Self<OnceMoreInfo>, { groupId, publishedAt }: RulesetOutput): void {
    if (publishedAt === null) return;
    const ms = (nowSeconds(this.#needs.clock) - publishedAt) * 1000;
    if (ms < 2 * this.#afterMs) this.begin(self, groupId);
  }

  end(self: Self<OnceMoreInfo>, groupId: string): void {
    const timer = this.#timers.get(groupId);
    if (timer === undefined) return;
    this.#timers.delete(groupId);
    self.cancel(timer);
  }
}
