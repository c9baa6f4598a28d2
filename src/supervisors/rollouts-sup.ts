import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import { dynamicSup } from './dynamic-sup.js';
import type { Make, MakeByKey } from './make.js';

export interface RolloutsMakers {
  readonly roller: MakeByKey;
  readonly keeper: Make;
}

/**
 * One actor per group whose rules are on their way to its hosts, each for itself: one that crashes costs no other a restart, and its rollout is
 * gone on with from the store. The keeper only looks whether each is there; ten crashes of it in a minute are more than bad luck.
 */
export function rolloutsSup({ roller, keeper }: RolloutsMakers): ChildSpec {
  return supervisorSpec('rollouts_sup', { strategy: 'one_for_one', intensity: 10, periodS: 60 }, () => [
    dynamicSup('rollout_sup', 'rollout', roller),
    workerSpec('rollout_keeper', keeper),
  ]);
}
