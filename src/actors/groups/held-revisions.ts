import type { StoredRuleset } from '../../model/stored-ruleset.js';
import type { RulesetOutputs } from './ruleset-outputs.js';

/** Groups whose hosts have something else than what policy compiles to, by id: held at a revision, or by a rollout that is not through. */
export function heldRevisions({
  revisions,
  rollouts,
}: Pick<RulesetOutputs, 'revisions' | 'rollouts'>): ReadonlyMap<string, StoredRuleset> {
  const held = new Map<string, StoredRuleset>();
  for (const { groupId } of rollouts.values()) {
    const base = rollouts.heldAt(groupId);
    if (base !== undefined) held.set(groupId, base);
  }
  for (const [groupId, { ruleset }] of revisions.pins) held.set(groupId, ruleset);
  return held;
}
