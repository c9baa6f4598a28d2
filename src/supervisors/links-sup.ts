import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import { dynamicSup } from './dynamic-sup.js';
import type { Make, MakeByKey } from './make.js';

export interface LinksMakers {
  readonly link: MakeByKey;
  readonly keeper: Make;
}

/**
 * One actor per link to another server, each for itself: one that crashes costs no other a restart, and an outage of its
 * broker is a state. The keeper only looks whether each is there; ten crashes of it in a minute are more than bad luck.
 */
export function linksSup({ link, keeper }: LinksMakers): ChildSpec {
  return supervisorSpec('links_sup', { strategy: 'one_for_one', intensity: 10, periodS: 60 }, () => [
    dynamicSup('link_sup', 'link', link),
    workerSpec('link_keeper', keeper),
  ]);
}
