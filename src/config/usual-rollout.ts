import { readStepTexts, type RolloutPolicy } from '../rollout/rollout-policy.js';
import type { Config } from './schema.js';

/** How changes of groups without a policy of their own reach their hosts, as the configuration (which was checked) says; undefined: at once. */
export function usualRollout({ rollout }: Pick<Config, 'rollout'>): RolloutPolicy | undefined {
  if (!rollout.default) return undefined;
  const { default: _on, steps, ...policy } = rollout;
  return { ...policy, steps: readStepTexts(steps) };
}
