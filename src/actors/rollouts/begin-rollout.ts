import type { Self } from '../../otp/index.js';
import { hostsAhead, isLive, type Rollout } from '../../rollout/rollout.js';
import { activity, ended } from '../../rollout/transitions.js';
import { nowSeconds } from '../now-seconds.js';
import type { Candidate } from './rollout-messages.js';
import type { RollerNeeds } from './roller-needs.js';
import { rolloutId, type RolloutRecord } from './rollout-record.js';

/**
 * A change of the group's rules is to go to its hosts in steps. One that is under way is superseded, and its hosts are given back what the
 * group has, unless it is so far that it is finished first: then the group asks again (docs/rollout.md#an-edit-in-between).
 * `again`: also if it is what was rolled back.
 */
export async function beginRollout(
  self: Self,
  needs: Pick<RollerNeeds, 'clock' | 'outputs' | 'groups' | 'connections'>,
  record: RolloutRecord,
  groupId: string,
  { ruleset, compiledAt }: Candidate,
  { again = false }: { readonly again?: boolean } = {},
): Promise<void> {
  const { outputs, groups, clock, connections } = needs;
  const before = record.now;
  const output = outputs.get(groupId);
  const policy = outputs.rollouts.policyOf(groupId) ?? before?.policy;
  // There is nothing to go back to, or it is not to go in steps.
  if (output === undefined || policy === undefined) {
    groups.send(groupId, { tag: 'give_all', ruleset, compiledAt });
    return;
  }
  if (output.ruleset.id === ruleset.id) return;
  if (before !== undefined) {
    const same = before.candidate.id === ruleset.id;
    if (same && (isLive(before) || (before.state === 'rolled_back' && !again))) return;
    const from = activity(before);
    const mayGo = from === 'planned' || from === 'rolling' || before.state === 'rollback_blocked';
    if (isLive(before) && !mayGo) return;
  }
  const now = nowSeconds(clock);
  const cause = outputs.revisions.cause(groupId);
  const number = outputs.rollouts.lastNumber(groupId) + 1;
  const superseded =
    before !== undefined && (isLive(before) || before.state === 'rolled_back')
      ? ended(before, 'superseded', `a newer change is rolled out: ${rolloutId(groupId, number)}`, now)
      : undefined;
  const rollout: Rollout = {
    id: rolloutId(groupId, number),
    groupId,
    groupName: output.groupName,
    formerNames: outputs.rollouts.formerNames(groupId),
    number,
    state: 'planned',
    policy,
    candidate: ruleset,
    compiledAt,
    base: output.ruleset,
    baseCompiledAt: output.compiledAt,
    steps: [],
    returning: before !== undefined && isLive(before) ? [...new Set([...hostsAhead(before), ...before.returning])] : [],
    promotedAt: null,
    returnedAt: null,
    pause: null,
    why: null,
    failed: [],
    hurry: null,
    author: cause?.author ?? 'system',
    reason: cause?.reason ?? null,
    override: cause?.override ?? null,
    plan: cause?.plan ?? null,
    createdAt: now,
    changedAt: now,
    endedAt: null,
    reconnectProof: connections !== undefined,
  };
  await record.keep(self, rollout, superseded);
}
