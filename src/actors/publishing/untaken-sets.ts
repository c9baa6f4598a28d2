import type { RenderedSet } from '../../firewall/printer.js';
import type { RenderedSets } from '../../world/set-book.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';

function sameSet(one: RenderedSet, other: RenderedSet | undefined): boolean {
  return (
    one === other ||
    (other?.addresses.length === one.addresses.length &&
      one.addresses.every((text, at) => text === other.addresses[at]))
  );
}

/**
 * The sets that no agent has as they are in `rendered`, which the broker did not take. `taken`: each set as
 * agents have it, by name; `undefined`: that is not known since the restart, so what published rulesets name counts as
 * there before them.
 */
export function untakenSets(
  { parts }: Pick<RenderedSets, 'parts'>,
  taken: RenderedSets['parts'] | undefined,
  outputs: Pick<RulesetOutputs, 'values'>,
): ReadonlySet<string> {
  if (taken !== undefined)
    return new Set([...parts].filter(([name, set]) => !sameSet(set, taken.get(name))).map(([name]) => name));
  const known = new Set(
    [...outputs.values()].flatMap(({ publishedAt, ruleset }) => (publishedAt === null ? [] : ruleset.sets)),
  );
  return new Set([...parts.keys()].filter((name) => !known.has(name)));
}
