import type { Self } from '../../../otp/index.js';
import type { Rollout } from '../../../rollout/rollout.js';
import { paused } from '../../../rollout/transitions.js';
import type { RollerInfo, RollerRun } from '../roller-run.js';
import type { AfterStep } from './state-step.js';

/** It stands still, and goes on by itself when this server sees again (docs/rollout.md#our-own-blindness). */
export async function goBlind(
  self: Self<RollerInfo>,
  { record, now }: RollerRun,
  rollout: Rollout,
  why: string,
): Promise<AfterStep> {
  const next = paused(rollout, { kind: 'blind', why, author: 'system' }, now);
  if (next !== undefined) await record.keep(self, next);
  return 'waits';
}
