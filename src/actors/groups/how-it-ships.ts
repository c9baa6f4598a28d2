import { isLive, type Rollout } from '../../rollout/rollout.js';
import { activity } from '../../rollout/transitions.js';

/**
 * `at_once`: to all hosts, by the group's key. `in_steps`: as a rollout. `held`: the group's rollout has it in hand, or it
 * waits until that is over. `withdrawn`: it is what hosts have again, and the rollout is to end.
 */
export type HowItShips = 'at_once' | 'in_steps' | 'held' | 'withdrawn';

/** The ids of texts (`StoredRuleset.id`): what policy compiles to, and what the group was given last; undefined: nothing yet. */
export interface Shipping {
  readonly made: string;
  readonly given: string | undefined;
  /** The group's newest rollout. */
  readonly rollout: Rollout | undefined;
  /** Changes of this group go in steps. */
  readonly inSteps: boolean;
}

/** How what a group compiles to reaches its hosts (docs/rollout.md#an-edit-in-between). */
export function howItShips({ made, given, rollout, inSteps }: Shipping): HowItShips {
  if (given === undefined) return 'at_once';
  const fresh = (): HowItShips => (made === given || !inSteps ? 'at_once' : 'in_steps');
  if (rollout === undefined || rollout.state === 'done' || rollout.state === 'superseded') return fresh();
  if (made === rollout.candidate.id) return 'held';
  const undone = made === rollout.base.id;
  if (!isLive(rollout)) return undone ? 'withdrawn' : fresh();
  const from = activity(rollout);
  // It is being taken back: that is finished first, unless a host is in the way that may never answer again.
  if (from === undefined) return rollout.state === 'rollback_blocked' && !undone ? fresh() : 'held';
  if (undone) return 'withdrawn';
  return from === 'promoting' ? 'held' : fresh();
}
