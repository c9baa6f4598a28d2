import type { RenderedSets } from '../../world/set-book.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';

/**
 * The sets that no agent has as they are in `rendered`, which the broker did not take. `taken`: the lines of each set as
 * agents have them, by name; `undefined`: that is not known since the restart, so what published rulesets name counts as
 * there before them.
 */
export function untakenSets(
  { blocks }: Pick<RenderedSets, 'blocks'>,
  taken: ReadonlyMap<string, string> | undefined,
  outputs: Pick<RulesetOutputs, 'values'>,
): ReadonlySet<string> {
  if (taken !== undefined) return new Set([...blocks.keys()].filter((name) => blocks.get(name) !== taken.get(name)));
  const known = new Set(
    [...outputs.values()].flatMap(({ publishedAt, ruleset }) => (publishedAt === null ? [] : ruleset.sets)),
  );
  return new Set([...blocks.keys()].filter((name) => !known.has(name)));
}
