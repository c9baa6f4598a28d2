import type { Self } from '../../otp/index.js';
import type { Rollout } from '../../rollout/rollout.js';
import { hurried, paused, resumed, rolledBack } from '../../rollout/transitions.js';
import { nowSeconds } from '../now-seconds.js';
import { beginRollout } from './begin-rollout.js';
import type { RollerNeeds } from './roller-needs.js';
import type { RolloutCall, RolloutReply } from './rollout-messages.js';
import type { RolloutRecord } from './rollout-record.js';

/** Does what an operator wants of a rollout, if that can be done in its state (docs/rollout.md#what-an-operator-can-do). */
export async function obey(
  self: Self,
  needs: RollerNeeds,
  record: RolloutRecord,
  { tag, id, author, reason }: RolloutCall,
): Promise<RolloutReply> {
  const rollout = record.now;
  if (rollout?.id !== id) return { ok: false, why: 'a newer rollout of its group has taken its place' };
  const now = nowSeconds(needs.clock);
  const says = `${tag === 'abort' ? 'aborted' : tag === 'pause' ? 'paused' : tag} by ${author}: ${reason}`;
  if (tag === 'resume' && rollout.state === 'rolled_back') {
    const { groupId, candidate: ruleset, compiledAt } = rollout;
    needs.log.warn(
      { group: rollout.groupName, rollout: id, author, reason },
      'a rollout that was rolled back is begun again',
    );
    await beginRollout(self, needs, record, groupId, { ruleset, compiledAt }, { again: true });
    return { ok: true };
  }
  const next = nextOf(rollout, tag, { author, reason, says }, now);
  if (next === undefined) return { ok: false, why: cannot(tag, rollout) };
  needs.log.warn({ group: rollout.groupName, rollout: id, author, reason }, `rollout: ${tag}`);
  await record.keep(self, next);
  return { ok: true };
}

function nextOf(
  rollout: Rollout,
  tag: RolloutCall['tag'],
  { author, reason, says }: { readonly author: string; readonly reason: string; readonly says: string },
  now: number,
): Rollout | undefined {
  switch (tag) {
    case 'pause':
      // One that stands still over our own blindness would go on by itself; the other pauses, and their reasons, stay.
      if (rollout.pause !== null && rollout.pause.kind !== 'blind') return undefined;
      return paused(rollout, { kind: 'operator', why: says, author }, now);
    case 'resume':
      // What was stopped for a guard goes on only where somebody answers for it.
      return rollout.pause?.kind === 'guard'
        ? inSpiteOfGuards(rollout, { author, reason }, now)
        : resumed(rollout, now);
    case 'abort':
      return isOver(rollout) || rollout.state === 'rolling_back'
        ? undefined
        : rolledBack(rollout, says, now, rollout.failed);
    case 'promote':
      return hurried(rollout, { author, reason }, now);
  }
}

/** On in its steps, in spite of the guard. */
function inSpiteOfGuards(
  rollout: Rollout,
  by: { readonly author: string; readonly reason: string },
  now: number,
): Rollout | undefined {
  const next = resumed(rollout, now);
  return next === undefined ? undefined : { ...next, override: `${by.author}: ${by.reason}` };
}

function isOver({ state }: Rollout): boolean {
  return state === 'done' || state === 'rolled_back' || state === 'superseded';
}

function cannot(tag: RolloutCall['tag'], { state }: Rollout): string {
  return `a rollout that is ${state} can not be ${{ pause: 'paused', resume: 'resumed', abort: 'aborted', promote: 'promoted' }[tag]}`;
}
