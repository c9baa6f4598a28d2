import { assignedTo, type AssignedNeeds } from '../actors/groups/assigned.js';
import type { Dialect } from '../firewall/dialect.js';
import type { CompileBook } from '../firewall/policy/compile-book.js';
import { readSetName } from '../firewall/sets/set-name.js';
import { textOf } from '../model/text-of.js';
import { compiledTexts } from '../plan/fleet-texts.js';
import { type FleetQuestions, fleetQuestions } from '../plan/fleet-questions.js';
import { listedSet } from '../plan/policy-fleet.js';
import { SetLook } from '../plan/set-look.js';
import type { SetBook } from '../world/set-book.js';
import type { World } from '../world/world.js';

export interface FleetQuestionsParts {
  readonly world: World;
  readonly outputs: AssignedNeeds['outputs'];
  readonly sets: Pick<SetBook, 'published'>;
  readonly compiles: Pick<CompileBook, 'compile'>;
  readonly dialect: Dialect;
}

/**
 * Questions about the fleet as it is: what hosts were sent, or are to be sent next (`assignedTo`); where nothing was yet,
 * what policy makes.
 */
export function questionsOfNow({ world, outputs, sets, compiles, dialect }: FleetQuestionsParts): FleetQuestions {
  const look = new SetLook(dialect);
  const compiled = compiledTexts(compiles);
  return fleetQuestions({
    world,
    dialect,
    *text(groupId, family) {
      const group = textOf(world.rows('group').get(groupId)?.name);
      const assigned = assignedTo({ world, outputs }, { hostkey: '', group })?.output;
      if (assigned !== undefined) return assigned.ruleset.texts[family === 'v4' ? 'set4' : 'set6'].text;
      return yield* compiled(groupId, family);
    },
    setProblems: () => sets.published?.problems,
    *set(name) {
      const contents = sets.published?.contents;
      const family = readSetName(name)?.family;
      if (family === undefined) return undefined;
      if (contents === undefined) return look.get(world.policy, name, new Map());
      const list = contents.get(name);
      return list === undefined ? undefined : yield* listedSet(family, list);
    },
  });
}
