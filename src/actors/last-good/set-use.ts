import type { World } from '../../world/world.js';
import type { SetUse } from '../../world/set-use.js';
import type { RulesetOutput, RulesetOutputs } from '../groups/ruleset-outputs.js';

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
  for (const { groupName, ruleset } of rulesetsOf(outputs))
    for (const set of ruleset.sets) {
      const groups = users.get(set);
      if (groups === undefined) users.set(set, [groupName]);
      else if (groups.length < GROUPS_NAMED && !groups.includes(groupName)) groups.push(groupName);
    }
  return { users, certain: isCertain(world, outputs) };
}

/** Those of groups, and those of their changes on the way. */
function* rulesetsOf(outputs: UsedOutputs): Generator<Pick<RulesetOutput, 'groupName' | 'ruleset'>> {
  yield* outputs.values();
  yield* outputs.rollouts.rulesets();
}

function isCertain(world: UsedWorld, outputs: UsedOutputs): boolean {
  if (!world.ready) return false;
  for (const [id, { name }] of world.rows('group'))
    if (isNamed(name) && outputs.get(id) === undefined && !outputs.failures.has(id)) return false;
  return true;
}

/** The name of a group, or those of a ruleset's sets. */
type Part = string | readonly string[];

function isSame(one: Part, other: Part | undefined): boolean {
  if (one === other) return true;
  if (typeof one === 'string' || other === undefined || typeof other === 'string') return false;
  return one.length === other.length && one.every((name, at) => name === other[at]);
}

/**
 * `setUse` as of now, the same object as before as long as the last good rulesets name the same: all of them are looked at
 * each time, and what they name is put together anew only when one is of another group or has other sets. Nothing else goes
 * into it, so it can't be out of date; `certain` is asked each time.
 */
export class KeptSetUse {
  #madeFrom: readonly Part[] = [];
  #use: SetUse = { users: new Map(), certain: false };

  now(world: UsedWorld, outputs: UsedOutputs): SetUse {
    const madeFrom: Part[] = [];
    for (const { groupName, ruleset } of rulesetsOf(outputs)) madeFrom.push(groupName, ruleset.sets);
    const before = this.#madeFrom;
    // An edited ruleset has a list of its own, mostly of the same names: it is compared once, and then by itself.
    this.#madeFrom = madeFrom;
    if (madeFrom.length !== before.length || !madeFrom.every((one, at) => isSame(one, before[at])))
      this.#use = setUse(world, outputs);
    const certain = isCertain(world, outputs);
    if (certain !== this.#use.certain) this.#use = { users: this.#use.users, certain };
    return this.#use;
  }
}
