import type { Self } from '../../otp/index.js';
import { hostsAhead } from '../../rollout/rollout.js';
import { activity, ended, rolledBack } from '../../rollout/transitions.js';
import type { RollerInfo, RollerRun } from './roller-run.js';
import { clearRolloutAlarms } from './rollout-alarms.js';
import { sendAlone } from './send-alone.js';

/** Policy compiles again to what the group has. */
export async function withdraw(self: Self<RollerInfo>, { record, sender, now }: RollerRun): Promise<void> {
  const rollout = record.now;
  if (rollout === undefined) return;
  const why = 'policy compiles again to what its hosts had';
  if (rollout.state === 'rolled_back') return record.keep(self, ended(rollout, 'superseded', why, now));
  if (activity(rollout) === undefined) return;
  sender.stop();
  const next = rolledBack(rollout, why, now, []);
  await record.keep(self, next.state === 'rolled_back' ? ended(next, 'superseded', why, now) : next);
}

/** Something else is what its hosts get. */
export async function supersede(self: Self<RollerInfo>, run: RollerRun, why: string): Promise<void> {
  const { needs, record, sender, groupId } = run;
  const rollout = record.now;
  if (rollout === undefined || rollout.state === 'done' || rollout.state === 'superseded') return;
  sender.stop();
  await record.keep(self, ended(rollout, 'superseded', why, run.now));
  // What the group has may be what it had, and is not sent to it again: they alone had something else.
  const output = needs.outputs.get(groupId);
  if (output !== undefined) sendAlone(needs, output, [...hostsAhead(rollout), ...rollout.returning]);
}

/** It goes on under the new name, in the state that it is in: to rename a group is no word on its change. */
export async function rename(self: Self<RollerInfo>, run: RollerRun, groupName: string): Promise<void> {
  const { needs, record, sender, groupId } = run;
  const rollout = record.now;
  if (rollout === undefined || rollout.groupName === groupName) return;
  if (rollout.state === 'done' || rollout.state === 'superseded') return;
  // What still waits to be sent has the former name in it.
  sender.stop();
  const formerNames = needs.outputs.rollouts.formerNames(groupId);
  await record.keep(self, { ...rollout, groupName, formerNames, changedAt: run.now });
}

/** The group is gone. */
export async function remove(self: Self<RollerInfo>, run: RollerRun): Promise<void> {
  await supersede(self, run, 'the group is gone');
  clearRolloutAlarms(run.needs.alarms, run.groupId);
  run.needs.outputs.rollouts.forget(run.groupId);
}
