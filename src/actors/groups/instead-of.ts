import { isOverruled } from '../../rollout/transitions.js';
import type { Made } from './made-texts.js';
import type { RulesetOutputs } from './ruleset-outputs.js';

/**
 * What a rollout gives to all hosts of a group in place of this text, by what was said of it while the store took that;
 * undefined: this.
 */
export function insteadOf(
  { rollouts }: Pick<RulesetOutputs, 'rollouts'>,
  groupId: string,
  ruleset: string,
): Made | undefined {
  const rollout = rollouts.get(groupId);
  if (rollout === undefined || !isOverruled(rollout, ruleset)) return undefined;
  const { candidate, compiledAt, base, baseCompiledAt } = rollout;
  return ruleset === candidate.id ? { ruleset: base, compiledAt: baseCompiledAt } : { ruleset: candidate, compiledAt };
}
