import type { World } from '../../world/world.js';
import type { SetUse } from '../../world/set-use.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';

/** So many groups are named for each set. */
const GROUPS_NAMED = 3;

type UsedWorld = Pick<World, 'ready' | 'rows'>;
type UsedOutputs = Pick<RulesetOutputs, 'get' | 'values' | 'failures' | 'rollouts'>;

function isNamed(name: unknown): boolean {
  return typeof name === 'string' && name !== '';
}

/** Which sets the last good rulesets name. It is certain once every group's ruleset was looked up since the start. */
export function setUse(world: UsedWorld, outputs: UsedOutputs): SetUse {
  const users = new Map<string, string[]>();
  for (const { groupName, ruleset } of [...outputs.values(), ...outputs.rollouts.rulesets()])
    for (const set of ruleset.sets) {
      const groups = users.get(set);
      if (groups === undefined) users.set(set, [groupName]);
      else if (groups.length < GROUPS_NAMED && !groups.includes(groupName)) groups.push(groupName);
    }
  return { users, certain: world.ready && everyGroupIsKnown(world, outputs) };
}

function everyGroupIsKnown(world: UsedWorld, outputs: UsedOutputs): boolean {
  for (const [id, { name }] of world.rows('group'))
    if (isNamed(name) && outputs.get(id) === undefined && !outputs.failures.has(id)) return false;
  return true;
}
