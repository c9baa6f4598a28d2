import { assignedTo, type AssignedNeeds } from '../actors/groups/assigned.js';
import type { RolloutBook } from '../actors/rollouts/rollout-book.js';
import type { Dialect } from '../firewall/dialect.js';
import type { CompileBook } from '../firewall/policy/compile-book.js';
import { readSetName } from '../firewall/sets/set-name.js';
import { textOf } from '../model/text-of.js';
import { compiledTexts } from '../plan/fleet-texts.js';
import { type FleetQuestions, fleetQuestions } from '../plan/fleet-questions.js';
import { hostsAhead } from '../rollout/rollout.js';
import { type HostsAhead, MOST_AHEAD_NAMED } from '../plan/hosts-ahead.js';
import { listedSet } from '../plan/listed-set.js';
import type { PastBookNeeds } from '../plan/past/past-book.js';
import { pastQuestions } from '../plan/past/past-questions.js';
import { SetLook } from '../plan/set-look.js';
import type { Operations } from './operations.js';
import type { SetBook } from '../world/set-book.js';
import { BodyReader } from '../set-history/body-reader.js';
import { Slices } from '../world/slices.js';
import type { World } from '../world/world.js';

export interface FleetQuestionsParts {
  readonly world: World;
  readonly outputs: AssignedNeeds['outputs'] & { readonly rollouts: Pick<RolloutBook, 'get'> };
  readonly sets: Pick<SetBook, 'published'>;
  readonly compiles: Pick<CompileBook, 'compile'>;
  readonly dialect: Dialect;
  readonly store: PastBookNeeds['store'];
}

function hostsAheadOf(
  { world, outputs }: Pick<FleetQuestionsParts, 'world' | 'outputs'>,
  name: string,
): HostsAhead | undefined {
  const group = world.groupByName(name);
  const rollout = group === undefined ? undefined : outputs.rollouts.get(group.id);
  if (rollout === undefined) return undefined;
  // Where the group has it too, nobody is ahead of it.
  if (outputs.get(rollout.groupId)?.ruleset.id === rollout.candidate.id) return undefined;
  const ahead = hostsAhead(rollout).filter((key) => outputs.rollouts.ahead(rollout.groupId, key) !== undefined);
  if (ahead.length === 0) return undefined;
  const hosts = ahead.slice(0, MOST_AHEAD_NAMED).map((key) => textOf(world.hostByKey(key)?.['name'] ?? key));
  return { group: name, rollout: rollout.id, hosts, host_count: ahead.length };
}

/**
 * Questions about the fleet as it is: what hosts were sent, or are to be sent next (`assignedTo`); where nothing was yet,
 * what policy makes.
 */
function questionsOfNow({ world, outputs, sets, compiles, dialect }: FleetQuestionsParts): FleetQuestions {
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
    sets: () => sets.published?.contents,
    setProblems: () => sets.published?.problems,
    hostsAhead: (group) => hostsAheadOf({ world, outputs }, group),
    *set(name) {
      const contents = sets.published?.contents;
      const family = readSetName(name)?.family;
      if (family === undefined) return undefined;
      if (contents === undefined) return yield* look.get(world.policy, name, new Map());
      const list = contents.get(name);
      return list === undefined ? undefined : yield* listedSet(family, list);
    },
  });
}

/** Questions about the fleet of now and of former times. */
export function bothQuestions(parts: FleetQuestionsParts): Pick<Operations, 'questions' | 'pastQuestions'> {
  const { store } = parts;
  const questions = questionsOfNow(parts);
  const bodies = new BodyReader({ store, slices: new Slices() });
  return { questions, pastQuestions: pastQuestions({ store, bodies }, questions) };
}
