import type { ActorSystem, ChildView, Pid, Published } from '../otp/index.js';
import { crashReason } from './actors/crash-view.js';

type View = NonNullable<Published['supervisor']>;

/** What is wrong in the tree of actors, one sentence per thing. */
export interface TreeTroubles {
  /** Parts that do not run now. */
  readonly down: readonly string[];
  /** Parts that fell within their supervisor's period and run again: what will escalate if it goes on. */
  readonly fallen: readonly string[];
}

const NO_TROUBLE: TreeTroubles = { down: ['dog_trainer: the tree of actors is not running'], fallen: [] };

/**
 * Looks at every supervisor below `root` that has children of its own (not at hosts and groups, of which there are
 * thousands, each on its own), without a message to anybody.
 */
export function treeTroubles(system: ActorSystem, root: Pid | undefined): TreeTroubles {
  const top = root === undefined ? undefined : system.published(root)?.supervisor;
  if (root === undefined || top === undefined) return NO_TROUBLE;
  const down: string[] = [];
  const fallen: string[] = [];
  const look = (name: string, view: View): void => {
    if (view.strategy === 'simple_one_for_one') return;
    const since = system.clock.now() - view.periodS * 1000;
    const again: string[] = [];
    for (const row of view.rows(0, Infinity)) {
      const id = row.id ?? 'child';
      if (typeof row.child !== 'object') {
        down.push(`${id}: not running${why(row)}`);
        continue;
      }
      const info = system.info(row.child);
      if (row.restarts > 0 && info !== undefined && info.startedAt >= since) again.push(id);
      if (info?.published?.supervisor !== undefined) look(id, info.published.supervisor);
    }
    const used = view.restartsUsed();
    // What was restarted may be gone by now, as all that leads is on a server that stands by again.
    const what = again.length === 0 ? '' : `: ${again.join(', ')}`;
    if (used > 0) fallen.push(`${name}: ${used} of at most ${view.intensity} restarts in ${view.periodS} s${what}`);
  };
  look(root.label, top);
  return { down, fallen };
}

function why({ lastCrash }: ChildView): string {
  return lastCrash === undefined ? '' : ` (${crashReason(lastCrash.reason)})`;
}
