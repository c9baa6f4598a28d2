import type { Self } from '../../otp/index.js';
import { isLive, type Rollout } from '../../rollout/rollout.js';
import { rolloutToDoc } from '../../rollout/rollout-doc.js';
import type { Change } from '../../store/store.js';
import { storePatiently } from '../store/store-patiently.js';
import type { RollerNeeds } from './roller-needs.js';
import { showRolloutAlarms } from './rollout-alarms.js';

/** The rollout of one group: the store has each change of it before anybody acts by it. */
export class RolloutRecord {
  readonly #needs: RollerNeeds;
  readonly #groupId: string;

  constructor(needs: RollerNeeds, groupId: string) {
    this.#needs = needs;
    this.#groupId = groupId;
  }

  /** The newest of the group, live or over. */
  get now(): Rollout | undefined {
    return this.#needs.outputs.rollouts.get(this.#groupId);
  }

  /** One that still goes on. */
  get live(): Rollout | undefined {
    const rollout = this.now;
    return rollout !== undefined && isLive(rollout) ? rollout : undefined;
  }

  /** Waits until the store has it. `before`: the one that this takes the place of, as it ended. */
  async keep(self: Self, rollout: Rollout, before?: Rollout): Promise<void> {
    const { outputs, events, log } = this.#needs;
    const { rulesets, rollouts } = outputs;
    const last = this.now;
    const giveBack = [rulesets.claim(rollout.candidate), rulesets.claim(rollout.base)];
    const changes: Change[] = [
      ...rulesets.steps(rollout.candidate),
      ...rulesets.steps(rollout.base),
      upsert(rollout),
      ...(before === undefined ? [] : [upsert(before)]),
    ];
    try {
      await storePatiently(self, this.#needs, changes, 'system');
      rulesets.saved(rollout.candidate);
      rulesets.saved(rollout.base);
      rollouts.set(rollout);
    } finally {
      for (const give of giveBack) give();
    }
    if (!isLive(rollout)) rulesets.abandoned = true;
    showRolloutAlarms(this.#needs.alarms, rollout);
    if (last?.id === rollout.id && last.state === rollout.state) return;
    const { id, groupId, groupName: group, state } = rollout;
    const why = rollout.pause?.why ?? rollout.why;
    events.put({
      kind: 'rollout_state',
      group_id: groupId,
      group,
      rollout: id,
      from: last?.id === id ? last.state : null,
      to: state,
      why,
    });
    log.info(
      {
        group,
        rollout: id,
        from: last?.id === id ? last.state : undefined,
        to: state,
        ...(why === null ? {} : { why }),
      },
      'rollout',
    );
  }
}

export function rolloutId(groupId: string, number: number): string {
  return `${groupId}.${number}`;
}

function upsert(rollout: Rollout): Change {
  const doc = rolloutToDoc(rollout);
  return { op: 'upsert', table: 'rollout', id: rollout.id, edit: () => doc };
}
