import type { Self } from '../../../otp/index.js';
import type { Verdict } from '../../../rollout/judge.js';
import { hostsAhead, type Rollout } from '../../../rollout/rollout.js';
import { rollbackBlocked } from '../../../rollout/transitions.js';
import { begin } from '../judge-hosts.js';
import type { RollerInfo, RollerRun } from '../roller-run.js';
import { endRollout } from './end-rollout.js';
import { hostsThere } from './hosts-there.js';
import type { AfterStep, StateStep } from './state-step.js';

/** The group has what it had before, and hosts that were given something else get that again. */
export const giveBack: StateStep = async (self, run, rollout, blind) => {
  const { outputs, groups } = run.needs;
  const { base: ruleset, baseCompiledAt: compiledAt, promotedAt, returnedAt } = rollout;
  const output = outputs.get(run.groupId);
  if (output?.ruleset.id !== ruleset.id) {
    // What hosts show until all are given it back is of no account.
    run.sender.stop();
    groups.send(run.groupId, { tag: 'give_all', ruleset, compiledAt });
    return 'waits';
  }
  if (blind !== undefined) {
    run.giveTime();
    return 'waits';
  }
  const wasForAll = promotedAt !== null;
  if (wasForAll && output.publishedAt === null) return 'waits';
  const hosts = wasForAll ? hostsThere(run, rollout) : hostsAhead(rollout);
  // The group's own message gave it to all of them; where it never went to all, there was none.
  const reached = wasForAll && output.publishedAt !== null && output.publishedAt >= (returnedAt ?? 0);
  const alone = reached ? [] : hostsAhead(rollout);
  const purpose = `${rollout.id} back`;
  const isBegun = run.sender.purpose === purpose;
  if (!isBegun) begin(run.watch, hosts, run.now);
  if (!run.sent(self, purpose, rollout, 'base', alone)) {
    if (isBegun) run.giveTime();
    return 'waits';
  }
  const measure = { proofs: 1, deadlineSeconds: rollout.policy.deadline_seconds, tolerated: 0 };
  const verdict = run.judge(rollout, ruleset, hosts, measure);
  if (verdict.verdict === 'baked') return endRollout(self, run, rollout, 'rolled_back');
  return verdict.verdict === 'failed' ? blockedBy(self, run, rollout, verdict) : 'waits';
};

/** Hosts that don't come back to what they had are named, and go on being waited for. */
async function blockedBy(
  self: Self<RollerInfo>,
  run: RollerRun,
  rollout: Rollout,
  { failed }: Verdict,
): Promise<AfterStep> {
  const silent = failed.some(({ status }) => status === 'silent');
  if (silent && run.silenceElsewhere(rollout) !== undefined) {
    run.giveTime();
    return 'waits';
  }
  const same = rollout.state === 'rollback_blocked' && rollout.failed.length === failed.length;
  if (!same) await run.record.keep(self, rollbackBlocked(rollout, failed, run.now));
  return 'waits';
}
