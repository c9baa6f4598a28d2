import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Config } from '../../config/schema.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock, DetailObject, KeyedChildren, Message, Self, GenServer } from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import type { GroupCast } from '../groups/group-messages.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { AgentGuardState } from '../guard/agent-guard-state.js';
import type { Log } from '../../log/log.js';
import type { CensusCast } from './census-messages.js';
import type { HostCast } from './host-messages.js';
import type { HostRoom } from './host-room.js';
import { clearAbandoned } from '../publishing/refused-alarm.js';
import { sweepRulesets } from '../groups/sweep-rulesets.js';
import { unverifiedAlarm, unverifiedHosts } from './unverified-hosts.js';
import { patiently } from '../store/store-patiently.js';

/** Who has an actor, and telling it something, which starts it. */
type Directory<Cast> = Pick<KeyedChildren<Cast>, 'whereis' | 'send'>;

export interface CensusNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<
    Config,
    'polling_interval_seconds' | 'keepalive_alert_seconds' | 'retirement_alert_seconds' | 'revisions'
  >;
  readonly world: Pick<World, 'ready' | 'rows' | 'hostByKey' | 'knowledge'>;
  readonly hosts: Directory<HostCast>;
  readonly groups: Directory<GroupCast>;
  readonly store: Pick<Store, 'commit' | 'listFields'>;
  readonly outputs: Pick<RulesetOutputs, 'rulesets' | 'values' | 'rollouts'>;
  readonly guard: Pick<AgentGuardState, 'open'>;
  readonly hostRoom: Pick<HostRoom, 'showAlarm'>;
  readonly alarms: Pick<AlarmBook, 'show' | 'list' | 'clear'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

const STATES = ['new', 'active', 'inactive', 'retired'] as const;

/**
 * Counts hosts by state, and sees to it that everybody who should have an actor has one: after a start, and after the
 * supervisor of hosts or groups was restarted, silent hosts must still have their deadlines.
 */
export class Census implements GenServer<never, never, CensusCast, Message> {
  readonly #needs: CensusNeeds;
  /** Since the start. */
  #returned = 0;
  #tidied = false;
  #unverified = 0;
  #counts: Record<(typeof STATES)[number], number> = { new: 0, active: 0, inactive: 0, retired: 0 };

  constructor(needs: CensusNeeds) {
    this.#needs = needs;
  }

  init(self: Self): void {
    self.sendInterval(this.#needs.config.polling_interval_seconds * 1000, { tag: 'count' });
    self.send(self.pid, { tag: 'count' });
  }

  /** A host that had been retired is back. */
  handleCast(): void {
    this.#returned += 1;
    this.#needs.metrics.gauge('host_keepalive', 'recovery', this.#returned);
  }

  async handleInfo(self: Self, _message: Message): Promise<void> {
    const { world, hosts, groups, metrics, config, clock } = this.#needs;
    if (!world.ready) {
      self.sendAfter(500, { tag: 'count' });
      return;
    }
    const counts = { new: 0, active: 0, inactive: 0, retired: 0 };
    const now = clock.now() / 1000;
    let silent = 0;
    let retiring = 0;
    for (const row of world.rows('host').values()) {
      const state = STATES.find((name) => name === row.active) ?? 'new';
      counts[state] += 1;
      if (state === 'retired' || typeof row.hostkey !== 'string' || row.hostkey === '') continue;
      if (typeof row.keepalive_timestamp === 'number') {
        if (row.keepalive_timestamp < now - config.keepalive_alert_seconds) silent += 1;
        if (row.keepalive_timestamp < now - config.retirement_alert_seconds) retiring += 1;
      }
      if (hosts.whereis(row.hostkey) === undefined) hosts.send(row.hostkey, { tag: 'check' });
    }
    for (const id of world.rows('group').keys()) {
      if (groups.whereis(id) === undefined) groups.send(id, { tag: 'recompile' });
    }
    if (!this.#tidied) await this.#tidy(self);
    if (this.#needs.outputs.rulesets.abandoned) await sweepRulesets(self, this.#needs);
    this.#counts = counts;
    this.#needs.hostRoom.showAlarm();
    const unverified = unverifiedHosts(world);
    this.#unverified = unverified.count;
    this.#needs.alarms.show('hosts.unverified', unverifiedAlarm(unverified));
    metrics.gauge('dog_trainer_hosts_unverified', unverified.count);
    clearAbandoned(this.#needs.alarms, {
      hasHost: (key) => world.hostByKey(key) !== undefined,
      hasGroup: (id) => world.rows('group').has(id),
    });
    for (const state of STATES) metrics.gauge('host_active_state', state, counts[state]);
    const open = this.#needs.guard.open;
    metrics.gauge('host_keepalive', 'inactive', open ? silent : 0);
    metrics.gauge('host_keepalive', 'retirement', open ? retiring : 0);
  }

  /** Groups deleted while no server ran left their rulesets behind: nobody else would ever look at those again. */
  async #tidy(self: Self): Promise<void> {
    const { store, world, groups } = this.#needs;
    const outputs = await patiently(self, this.#needs, () => store.listFields('ruleset_output', ['id']));
    for (const { id } of outputs) if (!world.rows('group').has(id)) groups.send(id, { tag: 'removed' });
    this.#tidied = true;
  }

  describe(): DetailObject {
    return { ...this.#counts, unverified: this.#unverified, returned_from_retirement: this.#returned };
  }
}
