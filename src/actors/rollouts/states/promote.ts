import { measureOf } from '../../../rollout/judge.js';
import { promotionConfirmed } from '../../../rollout/transitions.js';
import { begin } from '../judge-hosts.js';
import { endRollout } from './end-rollout.js';
import { takeBackOrPause } from './take-back-or-pause.js';
import { goBlind } from './go-blind.js';
import { hostsThere } from './hosts-there.js';
import type { StateStep } from './state-step.js';

/** The whole group is given the new rules, and all its hosts are judged. */
export const promote: StateStep = async (self, run, rollout, blind) => {
  const { outputs, groups } = run.needs;
  const { candidate: ruleset, compiledAt } = rollout;
  const output = outputs.get(run.groupId);
  if (output?.ruleset.id !== ruleset.id) {
    groups.send(run.groupId, { tag: 'give_all', ruleset, compiledAt });
    return 'waits';
  }
  if (blind !== undefined) return goBlind(self, run, rollout, blind);
  if (output.publishedAt === null) return 'waits';
  if (rollout.promotedAt === null) {
    begin(run.watch, hostsThere(run, rollout), run.now);
    await run.record.keep(self, promotionConfirmed(rollout, run.now));
  }
  const current = run.record.live;
  if (current?.state !== 'promoting') return 'waits';
  const hosts = hostsThere(run, current);
  const verdict = run.judge(current, ruleset, hosts, measureOf(current.policy, hosts.length, { isFirst: false }));
  if (verdict.verdict === 'failed') return takeBackOrPause(self, run, current, verdict);
  return verdict.verdict === 'baked' ? endRollout(self, run, current, 'done') : 'waits';
};
