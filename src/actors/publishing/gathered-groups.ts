import type { Config } from '../../config/schema.js';
import type { Clock } from '../../otp/index.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { WaitingGroup } from './publish-queue.js';

export interface GatheredGroupsNeeds {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly config: Pick<Config, 'publish_quiet_ms' | 'profile_periodic_publish_interval_seconds'>;
  readonly outputs: Pick<RulesetOutputs, 'takeChange'>;
}

/** Groups whose rulesets are to go out, since when, and from when on they may (docs/host-lifecycle.md#publishing). */
export class GatheredGroups {
  readonly #needs: GatheredGroupsNeeds;
  readonly waiting = new Map<string, WaitingGroup>();
  /** Groups that wait for more than time, and why. */
  readonly held = new Map<string, string>();
  readonly #sentAt = new Map<string, number>();

  constructor(needs: GatheredGroupsNeeds) {
    this.#needs = needs;
  }

  /** One more, or one that waits already and is not held any more. */
  add(groupId: string, force: boolean): void {
    const before = this.waiting.get(groupId);
    const seenAt = this.#needs.outputs.takeChange(groupId);
    this.held.delete(groupId);
    this.waiting.set(groupId, {
      // From the change on, not from when it is compiled and stored: the quiet time goes by meanwhile.
      since: before?.since ?? seenAt ?? this.#needs.clock.monotonic(),
      force: force || before?.force === true,
    });
  }

  /** When a group may go out, in monotonic milliseconds; Infinity: it does not wait, or for more than time. */
  dueAt(groupId: string): number {
    const waiting = this.waiting.get(groupId);
    if (waiting === undefined || this.held.has(groupId)) return Infinity;
    const { publish_quiet_ms: quietMs, profile_periodic_publish_interval_seconds: interval } = this.#needs.config;
    const last = this.#sentAt.get(groupId) ?? -Infinity;
    return Math.max(waiting.since + quietMs, last + interval * 1000);
  }

  sent(groupId: string): void {
    this.#sentAt.set(groupId, this.#needs.clock.monotonic());
  }

  forget(groupId: string): void {
    this.waiting.delete(groupId);
    this.held.delete(groupId);
    this.#sentAt.delete(groupId);
  }
}
