import { textOf } from '../../model/text-of.js';
import { statusOf } from '../../rollout/host-progress.js';
import type { RolloutHostStatus } from '../../rollout/host-status.js';
import { measureOf } from '../../rollout/judge.js';
import { hostsAhead, isLive, type Rollout } from '../../rollout/rollout.js';
import type { World } from '../../world/world.js';
import type { RolloutBook } from './rollout-book.js';

/** A host of a rollout, and how it stands at one moment. */
export interface HostStanding {
  readonly hostkey: string;
  readonly status: RolloutHostStatus;
  /** Why it is exempt; null: it is not. */
  readonly why: string | null;
}

/**
 * The hosts of a rollout that goes on, as far as this run has seen them: those that have it first. Of one that is over, none. `now`: epoch seconds.
 */
export function* hostStandings(
  rollout: Rollout,
  {
    rollouts,
    world,
    now,
  }: {
    readonly rollouts: Pick<RolloutBook, 'watch' | 'get'>;
    readonly world: Pick<World, 'hostsOf'>;
    readonly now: number;
  },
): Generator<HostStanding> {
  if (!isLive(rollout) || rollouts.get(rollout.groupId)?.id !== rollout.id) return;
  const watch = rollouts.watch(rollout.groupId);
  const given = new Set([...hostsAhead(rollout), ...watch.progress.keys()]);
  const measure = measureOf(rollout.policy, given.size, { isFirst: rollout.steps.length < 2 });
  const keys = new Set([...given, ...world.hostsOf(rollout.groupName).map((row) => textOf(row['hostkey']))]);
  for (const hostkey of keys) {
    const why = watch.exempt.get(hostkey) ?? null;
    const progress = watch.progress.get(hostkey);
    const found = progress === undefined || !given.has(hostkey) ? 'pending' : statusOf(progress, now, measure);
    yield { hostkey, status: why !== null ? 'exempt' : found === 'shown' ? 'sent' : found, why };
  }
}
