import type { RolloutState } from '../../rollout/rollout.js';

/** States in which a rollout waits for a person. */
export const NEEDS_SOMEBODY: ReadonlySet<RolloutState> = new Set(['paused', 'rollback_blocked', 'rolled_back']);

const WORDS: Readonly<Partial<Record<string, string>>> = {
  rolling_back: 'rolling back',
  rollback_blocked: 'rolling back, which is blocked',
  rolled_back: 'rolled back',
};

/** A state as one says it: `rolling back`. */
export function stateText(state: string): string {
  return WORDS[state] ?? state;
}
