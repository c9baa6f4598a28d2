import type { Config } from '../../config/schema.js';
import type { Hashes } from '../../host/hash-check.js';
import { runsRules } from '../../host/runs-rules.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { RulesetHashField } from '../../model/ruleset-variants.js';
import type { Clock } from '../../otp/index.js';
import type { World } from '../../world/world.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';

export interface ConvergenceWatchNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<Config, 'check_v6_hashes'>;
  readonly world: Pick<World, 'groupByName'>;
  readonly outputs: Pick<RulesetOutputs, 'changedAt' | 'confirmedHashes'>;
  readonly metrics: Metrics;
}

/** Measures how long one host takes from the confirm of its group's ruleset until it runs it. */
export class ConvergenceWatch {
  readonly #needs: ConvergenceWatchNeeds;
  /** When the ruleset was published that the host runs, as far as it was seen; epoch seconds. */
  #on: number | undefined = undefined;

  constructor(needs: ConvergenceWatchNeeds) {
    this.#needs = needs;
  }

  /** The host has reported these hashes. A ruleset that was out before we knew the host is not measured. */
  reported(groupName: string, hashes: Hashes): void {
    const { world, outputs, metrics, clock, config } = this.#needs;
    const group = world.groupByName(groupName);
    const publishedAt = group === undefined ? undefined : outputs.changedAt(group.id);
    if (publishedAt === undefined || publishedAt === this.#on) return;
    const wanted = group === undefined ? undefined : outputs.confirmedHashes(group.id);
    if (wanted === undefined) return;
    const ofRules = wanted as Readonly<Record<RulesetHashField, string>>;
    if (!runsRules(hashes, ofRules, { checkV6: config.check_v6_hashes })) return;
    if (this.#on !== undefined && publishedAt > this.#on)
      metrics.observe('dog_trainer_publish_to_converge_seconds', Math.max(0, clock.now() / 1000 - publishedAt));
    this.#on = publishedAt;
  }
}
