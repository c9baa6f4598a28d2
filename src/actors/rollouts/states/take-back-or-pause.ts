import type { Self } from '../../../otp/index.js';
import type { Verdict } from '../../../rollout/judge.js';
import type { Rollout } from '../../../rollout/rollout.js';
import { paused, rolledBack } from '../../../rollout/transitions.js';
import type { RollerInfo, RollerRun } from '../roller-run.js';
import { goBlind } from './go-blind.js';
import type { AfterStep } from './state-step.js';

/** Hosts did not come to have the new rules: it is taken back or paused, unless silence is this server's own blindness. */
export async function takeBackOrPause(
  self: Self<RollerInfo>,
  run: RollerRun,
  rollout: Rollout,
  { failed: hosts }: Verdict,
): Promise<AfterStep> {
  const silent = hosts.some(({ status }) => status === 'silent');
  const elsewhere = silent ? run.silenceElsewhere(rollout) : undefined;
  if (elsewhere !== undefined) return goBlind(self, run, rollout, elsewhere);
  const why = `${hosts.length === 1 ? '1 host' : `${hosts.length} hosts`} did not come to have the new rules`;
  run.sender.stop();
  const next =
    rollout.policy.on_failure === 'pause'
      ? paused(rollout, { kind: 'failed', why, author: 'system' }, run.now, hosts)
      : rolledBack(rollout, why, run.now, hosts);
  if (next === undefined) return 'waits';
  await run.record.keep(self, next);
  return 'goes on';
}
