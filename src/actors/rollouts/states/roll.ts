import type { Self } from '../../../otp/index.js';
import { measureOf, type Verdict } from '../../../rollout/judge.js';
import { hostsAhead, type Rollout } from '../../../rollout/rollout.js';
import { paused, promoted, stepConfirmed, stepDone } from '../../../rollout/transitions.js';
import { whyExempt } from '../group-hosts.js';
import { begin } from '../judge-hosts.js';
import type { ReconnectProof } from '../reconnect-proof.js';
import type { RollerInfo, RollerRun } from '../roller-run.js';
import { takeBackOrPause } from './take-back-or-pause.js';
import { goBlind } from './go-blind.js';
import { toNextHosts } from './next-hosts.js';
import type { StateStep } from './state-step.js';

/** A host that shows its rules, and is not seen to connect anew: so many deadlines are waited. */
const RECONNECT_DEADLINES = 4;

/** The newest step is sent to its hosts, and they are judged; when they are good, the next hosts are. */
export const roll: StateStep = async (self, run, rollout, blind) => {
  const why = blind ?? run.proof?.failure;
  if (why !== undefined) return goBlind(self, run, rollout, why);
  const step = rollout.steps.at(-1);
  if (step === undefined) return toNextHosts(self, run, rollout);
  if (step.confirmedAt === null) {
    const purpose = `${rollout.id} step ${rollout.steps.length}`;
    if (run.waitsForSets(rollout) || !run.sent(self, purpose, rollout, 'candidate', step.hosts)) return 'waits';
    begin(run.watch, step.hosts, run.now);
    await run.record.keep(self, stepConfirmed(rollout, run.now));
  }
  const current = run.record.live;
  if (current?.state !== 'rolling') return 'waits';
  const first = firstJudged(run, current);
  const verdict = judgeSteps(run, current, first);
  if (verdict.verdict === 'failed') return takeBackOrPause(self, run, current, verdict);
  if (current.hurry !== null && verdict.counts.shown + verdict.counts.ok > 0) {
    await run.record.keep(self, promoted(current, run.now));
    return 'goes on';
  }
  const { proof } = run;
  if (proof !== undefined && first.isLast && (await stopsForReconnects(self, run, current, first.hosts, proof)))
    return 'waits';
  if (verdict.verdict !== 'baked') return 'waits';
  await run.record.keep(self, stepDone(current, run.now));
  const done = run.record.live;
  return done?.state === 'rolling' ? toNextHosts(self, run, done) : 'waits';
};

/** The hosts that are looked at most closely, and whether they are those of the newest step. */
interface FirstJudged {
  readonly hosts: readonly string[];
  readonly isLast: boolean;
}

/** Of the first step in which anybody is judged. */
function firstJudged({ needs }: RollerRun, { groupName, steps }: Rollout): FirstJudged {
  const index = steps.findIndex(({ hosts }) =>
    hosts.some((hostkey) => whyExempt(needs.world, groupName, hostkey) === undefined),
  );
  const step = steps.at(index);
  return { hosts: step?.hosts ?? [], isLast: step === steps.at(-1) };
}

function judgeSteps(run: RollerRun, rollout: Rollout, first: FirstJudged): Verdict {
  const { proof, watch } = run;
  const given = hostsAhead(rollout);
  const measure = measureOf(rollout.policy, given.length, { isFirst: first.isLast });
  return run.judge(
    rollout,
    rollout.candidate,
    given,
    measure,
    (hostkey) => proof !== undefined && first.isLast && first.hosts.includes(hostkey) && proof.isDue(watch, hostkey),
  );
}

/** True: it was paused, since first hosts were not seen to connect with their new rules. Else those that are due are looked at. */
async function stopsForReconnects(
  self: Self<RollerInfo>,
  run: RollerRun,
  rollout: Rollout,
  first: readonly string[],
  proof: ReconnectProof,
): Promise<boolean> {
  const { watch } = run;
  const due = first.filter((hostkey) => !watch.exempt.has(hostkey) && proof.isDue(watch, hostkey));
  if (due.length === 0) return false;
  const showing = due.filter((hostkey) => {
    const closed = watch.reconnects.get(hostkey)?.at === 'closed';
    return closed || (watch.progress.get(hostkey)?.proofs ?? 0) > 0;
  });
  await proof.advance(watch, showing, () => run.now);
  // Time in which this could not be seen does not count, as elsewhere.
  const since = Math.max(run.seesSince, rollout.steps.at(-1)?.confirmedAt ?? run.now);
  if (run.now - since <= RECONNECT_DEADLINES * rollout.policy.deadline_seconds) return false;
  const why = `${due.length} of its first hosts were not seen to connect to RabbitMQ with their new rules`;
  const stopped = paused(rollout, { kind: 'failed', why, author: 'system' }, run.now);
  if (stopped !== undefined) await run.record.keep(self, stopped);
  return true;
}
