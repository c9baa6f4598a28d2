import { assignedTo, type AssignedNeeds } from '../../actors/groups/assigned.js';
import type { RevisionBook } from '../../actors/groups/revision-book.js';
import { policyView } from '../../firewall/policy/policy-view.js';
import { readSetName } from '../../firewall/sets/set-name.js';
import type { Document } from '../../model/document.js';
import { byVariant, RULESET_VARIANTS, type RulesetVariant } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import { fleetIndex } from '../../plan/fleet-index.js';
import type { Asked } from '../../plan/fleet-questions.js';
import { sourceIn } from '../../plan/line-sources.js';
import type { SetBook } from '../../world/set-book.js';
import { type GroupLines, type LineOf, MOST_LINES, type SetOf, type Source } from '../fleet-pages.js';

export interface GroupLinesNeeds extends AssignedNeeds {
  readonly outputs: AssignedNeeds['outputs'] & { readonly revisions: Pick<RevisionBook, 'numberOf'> };
  readonly sets: Pick<SetBook, 'published'>;
}

/** Lines that are told between two pauses. */
const A_STEP = 1000;

/**
 * The rules that hosts of a group are to have, or one host of it (by hostkey), with the source of each line; from policy
 * as `asked` has it, with pauses.
 */
export function* groupLines(
  needs: GroupLinesNeeds,
  group: Document,
  hostkey: string | undefined,
  asked: Asked,
): Generator<void, GroupLines> {
  const name = textOf(group.name);
  const ruleset = assignedTo(needs, { hostkey: hostkey ?? '', group: name })?.output?.ruleset;
  const profileId = textOf(group.profile_id);
  const texts = { ...byVariant('apiName', (): readonly LineOf[] => []) };
  const leftOut = { ...byVariant('apiName', () => 0) };
  for (const variant of ruleset === undefined ? [] : RULESET_VARIANTS) {
    const { apiName, key } = variant;
    const all = linesOf(ruleset?.texts[key].text ?? '');
    leftOut[apiName] = Math.max(0, all.length - MOST_LINES);
    texts[apiName] = yield* withSources(group.id, variant, all, asked);
  }
  return {
    group_id: group.id,
    group: name,
    profile_id: profileId === '' ? null : profileId,
    ruleset_id: policyView(asked.policy, asked.dialect).ruleset(profileId)?.id ?? null,
    number: ruleset === undefined ? null : (needs.outputs.revisions.numberOf(group.id, ruleset.id) ?? null),
    texts,
    left_out: leftOut,
    sets: (ruleset?.sets ?? []).map((set) => setOf(needs, set, asked)),
  };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function* withSources(
  groupId: string,
  { family, type }: RulesetVariant,
  all: readonly string[],
  { sources }: Asked,
): Generator<void, readonly LineOf[]> {
  if (all.length === 0) return [];
  const traced = yield* sources.traced(groupId, family, type);
  // Where policy makes other lines by now, nobody can say which rule one of these came from.
  const made = traced === undefined ? [] : linesOf(traced.text);
  const isFormer = made.length !== all.length || made.some((line, n) => line !== all[n]);
  yield;
  const lines: LineOf[] = [];
  for (const [n, text] of all.slice(0, MOST_LINES).entries()) {
    const source = traced === undefined || isFormer ? { former: true } : sourceIn(traced, n + 1);
    lines.push({ text, source: source as Source });
    if (n % A_STEP === A_STEP - 1) yield;
  }
  return lines;
}

function setOf({ sets }: Pick<GroupLinesNeeds, 'sets'>, name: string, { policy }: Asked): SetOf {
  const { base, kind, family } = readSetName(name) ?? { base: name, kind: 'group', family: 'v4' };
  const index = fleetIndex(policy);
  const row = kind === 'group' ? index.groupByName(base) : index.zoneByName(base);
  return {
    name,
    family,
    count: sets.published?.contents.get(name)?.length ?? null,
    of: row === undefined && base.includes('#') ? 'environment' : kind,
    id: row?.id ?? null,
    label: base,
  };
}
