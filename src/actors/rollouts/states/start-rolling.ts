import { paused } from '../../../rollout/transitions.js';
import { toNextHosts } from './next-hosts.js';
import type { StateStep } from './state-step.js';

/** A change that breaks a guard is not sent to anybody, unless somebody said why it may. */
export const startRolling: StateStep = async (self, run, rollout, blind) => {
  run.waitsFor = blind;
  if (blind !== undefined || run.waitsForSets(rollout)) return 'waits';
  if (run.provenStatically !== rollout.id && rollout.hurry === null && rollout.override === null) {
    const broken = await run.needs.guardsBroken(run.groupId, rollout.candidate);
    if (broken?.is === 'unknown') {
      // That is this server's own blindness: it is asked again at the next look, and nobody need come.
      run.waitsFor = broken.why;
      return 'waits';
    }
    if (broken !== undefined) {
      const next = paused(rollout, { kind: 'guard', why: broken.why, author: 'system' }, run.now);
      if (next !== undefined) await run.record.keep(self, next);
      return 'waits';
    }
    run.provenStatically = rollout.id;
  }
  return toNextHosts(self, run, rollout);
};
