import type { Self, TimerRef } from '../../otp/index.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import { refusedRetryMs, type RefusedRetryNeeds } from './refused-retry.js';

/** Perhaps it is taken now, if it is still what is wanted. */
export interface AgainInfo {
  readonly tag: 'again';
  readonly output: RulesetOutput;
}

/** Rulesets that the broker found too large, one of each group: when they are tried again. */
export class RulesetsTriedAgain {
  readonly #needs: RefusedRetryNeeds;
  readonly #tries = new Map<string, { readonly timer: TimerRef; readonly output: RulesetOutput }>();

  constructor(needs: RefusedRetryNeeds) {
    this.#needs = needs;
  }

  /** By the group's id. */
  get groups(): readonly string[] {
    return [...this.#tries.keys()];
  }

  later(self: Self<AgainInfo>, output: RulesetOutput): void {
    const before = this.#tries.get(output.groupId);
    if (before !== undefined) self.cancel(before.timer);
    const timer = self.sendAfter(refusedRetryMs(this.#needs), { tag: 'again', output });
    this.#tries.set(output.groupId, { timer, output });
  }

  /** All of them: it may be another broker now, or have another limit. */
  now(self: Self<AgainInfo>): void {
    for (const { timer, output } of this.#tries.values()) {
      self.cancel(timer);
      self.tell({ tag: 'again', output });
    }
  }

  /** It is this one's turn. */
  begun(groupId: string): void {
    this.#tries.delete(groupId);
  }
}
