import type { Self } from '../../../otp/index.js';
import type { Rollout } from '../../../rollout/rollout.js';
import type { RollerInfo, RollerRun } from '../roller-run.js';

/** Whether the rollout is in another state now, for which there may be something to do at once, or waits for the next look. */
export type AfterStep = 'goes on' | 'waits';

/** What there is to do in one state of a rollout. `blind`: why hosts can't be seen; undefined: they can. */
export type StateStep = (
  self: Self<RollerInfo>,
  run: RollerRun,
  rollout: Rollout,
  blind: string | undefined,
) => Promise<AfterStep>;
