import type { OutboxPut } from '../../broker/outbox-contract.js';
import { repairIntervalSeconds } from '../../host/repair-interval.js';
import type { Config } from '../../config/schema.js';
import type { Outbox } from '../../broker/outbox-contract.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock } from '../../otp/index.js';
import type { Log } from '../../log/log.js';
import { nowSeconds } from '../now-seconds.js';
import { type MayPublish, whyHeld } from '../publishing/publishing-gate.js';
import type { RateLimiter } from '../../rates/rate-limiter.js';
import type { DriftBook } from './drift-book.js';
import type { HostSent } from './host-messages.js';
import { hostRuleset, hostSets, setsAloneToHost } from '../publishing/publications.js';
import { assignedTo, type AssignedNeeds } from '../groups/assigned.js';
import { VARIANTS, type RulesetOutput } from '../groups/ruleset-outputs.js';
import { missingSets } from '../last-good/why-not-sent.js';
import { reportDropped } from '../publishing/report-dropped.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { SetBook } from '../../world/set-book.js';

export interface HostDeliveryNeeds extends AssignedNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: Pick<Config, 'repair' | 'repair_interval_seconds'> & {
    readonly intake: Pick<Config['intake'], 'force_interval_seconds'>;
  };
  readonly sets: Pick<SetBook, 'published' | 'untaken'>;
  readonly groupSets: Pick<GroupSets, 'scope' | 'of'>;
  readonly gate: MayPublish;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly drift: Pick<DriftBook, 'get' | 'repaired'>;
  /** Repairs over all hosts (`repair_max_per_minute`). */
  readonly repairs: Pick<RateLimiter, 'take'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What to send to one host, and why: its agent has just started, its hashes differ beyond the tolerance, it was moved, or its
 * rules are right and it holds other sets than they name: those could not go before its rules were in; or an operator wants it. */
type Cause = 'start' | 'drift' | 'moved' | 'left_over' | 'asked';

export interface Delivery {
  readonly sets: boolean;
  readonly rules: boolean;
  readonly cause: Cause;
}

const SENT: Readonly<Record<Cause, string>> = {
  start: 'host brought up to date after its start',
  drift: 'host repaired: its own copy was sent again',
  moved: 'host moved: the ruleset of its new group was sent to it',
  left_over: 'host has its rules: its sets were sent once more, so that others go',
  asked: 'host was sent its copy again: an operator wants it',
};

const NEVER_SENT: Readonly<Record<Cause, number>> = {
  start: -Infinity,
  drift: -Infinity,
  moved: -Infinity,
  left_over: -Infinity,
  asked: -Infinity,
};
const NO_REPAIR: Repair = { wanted: '', times: 0 };

interface Repair {
  readonly wanted: string;
  readonly times: number;
}

function nothing(why: string): HostSent {
  return { sent: [], why };
}

/**
 * Sends a host its own copy of what its group has (docs/host-lifecycle.md#repair): by the host's own key, never to the
 * whole group, and not too often. Sets go before rules that name them.
 */
export class HostDelivery {
  readonly #needs: HostDeliveryNeeds;
  readonly #hostkey: string;
  #lastSent = NEVER_SENT;
  /** What the last repair was to bring about, and how many in a row were to. */
  #repair: Repair = NO_REPAIR;
  /** Whose ruleset the host was last sent or found to have; unknown until its first report. */
  #groupServed: string | undefined = undefined;

  constructor(needs: HostDeliveryNeeds, hostkey: string) {
    this.#needs = needs;
    this.#hostkey = hostkey;
  }

  /** By its report the host is of this group, so it has, or is on its way to, that ruleset. */
  serves(groupName: string): void {
    this.#groupServed = groupName;
  }

  /** An agent that was moved over the API goes on listening to its old group: its new rules go to itself, at once. */
  moved(groupName: string): void {
    if (groupName === this.#groupServed) return;
    this.#groupServed = groupName;
    this.send(groupName, { sets: false, rules: true, cause: 'moved' });
  }

  /** All that it is to have, since somebody wants that. */
  again(groupName: string): HostSent {
    return this.send(groupName, { sets: true, rules: true, cause: 'asked' });
  }

  send(groupName: string, what: Delivery): HostSent {
    const { sets, groupSets, clock, log, gate, metrics, drift } = this.#needs;
    const assigned = assignedTo(this.#needs, { hostkey: this.#hostkey, group: groupName });
    const latest = what.rules ? assigned?.output : undefined;
    const byGroup = groupSets.scope === 'group';
    const own = assigned?.sets === undefined ? undefined : groupSets.of(assigned.sets);
    const wanted = wantedNow(latest, what.sets ? (byGroup ? own : sets.published) : undefined);
    const held = whyHeld(gate);
    if (held !== undefined) return nothing(held);
    if (!this.#allowed(what.cause, wanted)) return nothing('it was sent that a moment ago');
    const now = clock.now();
    const output = latest !== undefined && this.#isSafe(latest) ? latest : undefined;
    // A host whose rules were changed by hand may have lost sets that no hash shows (empty ones have no line in it).
    const sendsSets = what.sets || (output !== undefined && what.cause === 'drift');
    // What the broker found too large for all is too large for one.
    const all = sendsSets && !byGroup && sets.untaken.size === 0 ? sets.published : undefined;
    // Where sets go by group, rules bring them with them.
    const alone = what.sets && output === undefined ? own : undefined;
    const copy = all ?? alone ?? (byGroup ? output : undefined);
    if (all !== undefined) {
      this.#post({
        target: `host-sets/${this.#hostkey}`,
        class: 'host',
        publication: hostSets(all, this.#hostkey, now),
      });
    }
    if (alone !== undefined) this.#post(setsAloneToHost(alone, this.#hostkey, now));
    if (output !== undefined) {
      this.#post({
        target: `host/${this.#hostkey}`,
        class: 'host',
        after: byGroup ? [] : [`host-sets/${this.#hostkey}`],
        publication: hostRuleset(output, this.#hostkey, now, groupSets.of(output.ruleset.sets)),
      });
    }
    if (copy === undefined && output === undefined) return nothing(this.#whyNothing(latest));
    log.info(
      {
        hostkey: this.#hostkey,
        group: groupName,
        cause: what.cause,
        sets: copy !== undefined,
        rules: output !== undefined,
      },
      SENT[what.cause],
    );
    if (what.cause === 'drift') {
      if (copy !== undefined) metrics.count('dog_trainer_repairs_total', 'sets');
      if (output !== undefined) metrics.count('dog_trainer_repairs_total', 'rules');
      this.#repair = { wanted, times: this.#repairsFor(wanted) + 1 };
      drift.repaired(this.#hostkey, nowSeconds(clock));
    }
    const sent = [
      ...(output === undefined ? [] : ['ruleset' as const]),
      ...(copy === undefined ? [] : ['sets' as const]),
    ];
    return { sent, why: null };
  }

  #whyNothing(latest: RulesetOutput | undefined): string {
    if (latest === undefined) return 'its group has no ruleset yet';
    if (latest.publishedAt === null) return 'its ruleset is on its way to its group, and comes with that';
    return 'sets that its ruleset names are not published';
  }

  /** Repairs in a row that left the host differing from this; with a change of what is wanted it is another matter. */
  #repairsFor(wanted: string): number {
    const inARow = this.#needs.drift.get(this.#hostkey)?.repairs ?? 0;
    return this.#repair.wanted === wanted ? Math.min(this.#repair.times, inARow) : 0;
  }

  /** A ruleset on its way reaches the host with its group's; one that names sets which are not out would not load. */
  #isSafe({ publishedAt, ruleset }: RulesetOutput): boolean {
    return publishedAt !== null && missingSets(this.#needs, ruleset.sets).length === 0;
  }

  #post(put: OutboxPut): void {
    reportDropped(this.#needs, put, this.#needs.outbox.put(put));
  }

  /** At most once per interval for each cause, and over all hosts so many repairs a minute. */
  #allowed(cause: Delivery['cause'], wanted: string): boolean {
    const { config, clock, repairs } = this.#needs;
    if (cause === 'drift' && !config.repair) return false;
    const now = clock.monotonic();
    if (now - this.#lastSent[cause] < this.#intervalSeconds(cause, wanted) * 1000) return false;
    if (cause === 'drift' && !repairs.take()) return false;
    this.#lastSent = { ...this.#lastSent, [cause]: now };
    return true;
  }

  #intervalSeconds(cause: Delivery['cause'], wanted: string): number {
    const { config } = this.#needs;
    switch (cause) {
      case 'drift':
        return repairIntervalSeconds(config.repair_interval_seconds, this.#repairsFor(wanted));
      case 'start':
      case 'left_over':
      case 'asked':
        return config.intake.force_interval_seconds;
      case 'moved':
        // Moves are made by hand, one by one.
        return 0;
    }
  }
}

function wantedNow(rules: RulesetOutput | undefined, sets: { readonly hash: string } | undefined): string {
  return [
    ...(rules === undefined ? [] : VARIANTS.map((variant) => rules.ruleset.texts[variant].hash)),
    sets?.hash ?? '',
  ].join(' ');
}
