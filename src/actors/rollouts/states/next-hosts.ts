import type { Self } from '../../../otp/index.js';
import { type Rollout } from '../../../rollout/rollout.js';
import { paused, promoted, stepBegun } from '../../../rollout/transitions.js';
import type { RollerInfo, RollerRun } from '../roller-run.js';
import { whoIsNext, type WhoIsNext } from '../who-is-next.js';
import { goBlind } from './go-blind.js';
import type { AfterStep } from './state-step.js';

/** To the next hosts, or to all. */
export async function toNextHosts(self: Self<RollerInfo>, run: RollerRun, rollout: Rollout): Promise<AfterStep> {
  const next = nextHosts(run, rollout);
  switch (next.kind) {
    case 'all':
      await run.record.keep(self, promoted(rollout, run.now));
      return 'goes on';
    case 'hosts': {
      const hosts = next.hosts.map(({ hostkey }) => hostkey);
      await run.record.keep(self, stepBegun(rollout, hosts, run.now));
      return 'goes on';
    }
    case 'unseen':
      return goBlind(self, run, rollout, next.why);
    case 'nobody': {
      const why = `none of the ${next.reporting} hosts that report can show that it has the new rules: look at drift, then promote it, or mend them and resume it`;
      const stopped = paused(rollout, { kind: 'failed', why, author: 'system' }, run.now);
      if (stopped !== undefined) await run.record.keep(self, stopped);
      return 'waits';
    }
  }
}

/** Whether the next step waits for hosts that can't be seen. */
export function waitsForHosts(run: RollerRun, rollout: Rollout): boolean {
  if (rollout.pause?.from === 'promoting' || rollout.steps.at(-1)?.doneAt === null) return false;
  return nextHosts(run, rollout).kind === 'unseen';
}

function nextHosts({ needs, watch, now }: RollerRun, rollout: Rollout): WhoIsNext {
  const { world, config } = needs;
  return whoIsNext(world, watch, rollout, { now, checkV6: config.check_v6_hashes });
}
