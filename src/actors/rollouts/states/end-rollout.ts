import type { Self } from '../../../otp/index.js';
import type { Rollout } from '../../../rollout/rollout.js';
import { ended } from '../../../rollout/transitions.js';
import type { RollerInfo, RollerRun } from '../roller-run.js';
import type { AfterStep } from './state-step.js';

/** Its hosts have what they shall have: the new rules, or those of before. */
export async function endRollout(
  self: Self<RollerInfo>,
  { needs, record, groupId, now }: RollerRun,
  rollout: Rollout,
  state: 'done' | 'rolled_back',
): Promise<AfterStep> {
  const { metrics, groups } = needs;
  await record.keep(self, ended(rollout, state, null, now));
  if (state === 'done') metrics.observe('dog_trainer_rollout_seconds', Math.max(0, now - rollout.createdAt));
  // An edit may have waited for this.
  groups.send(groupId, { tag: 'assigned_anew' });
  return 'waits';
}
