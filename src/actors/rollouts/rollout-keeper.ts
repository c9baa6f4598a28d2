import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock, DetailObject, GenServer, KeyedChildren, Message, Self } from '../../otp/index.js';
import { ROLLOUT_HOST_STATUSES, type RolloutHostStatus } from '../../rollout/host-status.js';
import { hostsAhead, isLive, ROLLOUT_STATES } from '../../rollout/rollout.js';
import type { World } from '../../world/world.js';
import { nowSeconds } from '../now-seconds.js';
import { hostStandings } from './host-standings.js';
import { showRolloutAlarms } from './rollout-alarms.js';
import type { RolloutBook } from './rollout-book.js';
import type { RolloutCast } from './rollout-messages.js';

export interface RolloutKeeperNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly world: Pick<World, 'ready' | 'hostsOf'>;
  readonly outputs: { readonly rollouts: Pick<RolloutBook, 'values' | 'get' | 'watch' | 'changes'> };
  readonly rollers: Pick<KeyedChildren<RolloutCast>, 'whereis' | 'send'>;
  readonly alarms: Pick<AlarmBook, 'show'>;
  readonly metrics: Pick<Metrics, 'gauge'>;
}

const LOOK_MS = 1000;
/** Hosts are many: they are counted in every tenth look. */
const COUNT_EVERY = 10;

/** Sees to it that each rollout that goes on has its roller: after a start, a takeover, and a crash (with a back-off per group). */
export class RolloutKeeper implements GenServer<never, never, never, Message> {
  readonly #needs: RolloutKeeperNeeds;
  #looks = 0;
  /** The book's changes upon which a look that counted found no rollout at all: the next one, upon the same, need not look. */
  #noneAt: number | undefined = undefined;

  constructor(needs: RolloutKeeperNeeds) {
    this.#needs = needs;
  }

  init(self: Self): void {
    for (const rollout of this.#needs.outputs.rollouts.values()) showRolloutAlarms(this.#needs.alarms, rollout);
    self.sendInterval(LOOK_MS, { tag: 'look' });
    self.send(self.pid, { tag: 'look' });
  }

  handleInfo(): void {
    const { world, outputs, rollers, metrics } = this.#needs;
    const { changes } = outputs.rollouts;
    if (this.#noneAt === changes) return;
    const states = new Map(ROLLOUT_STATES.map((state) => [state, 0]));
    let [ahead, seen] = [0, 0];
    for (const rollout of outputs.rollouts.values()) {
      seen += 1;
      states.set(rollout.state, (states.get(rollout.state) ?? 0) + 1);
      if (!isLive(rollout)) continue;
      if (rollout.state === 'rolling' || rollout.state === 'paused') ahead += hostsAhead(rollout).length;
      if (world.ready && rollers.whereis(rollout.groupId) === undefined) rollers.send(rollout.groupId, { tag: 'look' });
    }
    for (const [state, count] of states) metrics.gauge('dog_trainer_rollouts', state, count);
    metrics.gauge('dog_trainer_rollout_hosts_ahead', ahead);
    const counts = this.#looks % COUNT_EVERY === 0;
    if (counts) this.#countHosts();
    this.#noneAt = seen === 0 && counts ? changes : undefined;
    this.#looks += 1;
  }

  #countHosts(): void {
    const { clock, outputs, world, metrics } = this.#needs;
    const { rollouts } = outputs;
    const now = nowSeconds(clock);
    const counts = new Map<RolloutHostStatus, number>(ROLLOUT_HOST_STATUSES.map((status) => [status, 0]));
    for (const rollout of rollouts.values())
      for (const { status } of hostStandings(rollout, { rollouts, world, now }))
        counts.set(status, (counts.get(status) ?? 0) + 1);
    for (const [status, count] of counts) metrics.gauge('dog_trainer_rollout_hosts', status, count);
  }

  describe(): DetailObject {
    const live = [...this.#needs.outputs.rollouts.values()].filter(isLive);
    return { rollouts: live.length, groups: live.slice(0, 20).map(({ groupName, state }) => `${groupName}: ${state}`) };
  }
}
