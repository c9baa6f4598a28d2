import { hostsAhead } from '../../../rollout/rollout.js';
import { resumed } from '../../../rollout/transitions.js';
import { waitsForHosts } from './next-hosts.js';
import type { StateStep } from './state-step.js';

/** A rollout that stood still because this server was blind goes on; any other pause is somebody's to end. */
export const resumeWhenSeen: StateStep = async (self, run, rollout, blind) => {
  if (rollout.pause?.kind !== 'blind' || blind !== undefined || waitsForHosts(run, rollout)) return 'waits';
  await run.proof?.tryAgain(run.watch, hostsAhead(rollout), run.now);
  if (run.proof?.failure !== undefined || run.silenceElsewhere(rollout) !== undefined) return 'waits';
  const next = resumed(rollout, run.now);
  if (next === undefined) return 'waits';
  run.giveTime();
  await run.record.keep(self, next);
  return 'waits';
};
