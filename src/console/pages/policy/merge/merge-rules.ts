import type { JsonObject } from '../../../../model/document.js';
import { sameJson } from '../../../../model/same-json.js';
import { matchRules } from './match-rules.js';
import { mergeFields } from './merge-fields.js';

/** Whose rule or order is taken. */
export type Side = 'theirs' | 'mine';

/**
 * A rule of a list that two changed at once. `same`: nobody changed it; `theirs`, `mine`: one did; `both`: both, in ways that
 * go together; `conflict`: both, and one of them has to be chosen.
 */
export interface MergedRule {
  /** Unique in the list; what a choice is made by. */
  readonly key: string;
  readonly state: 'same' | Side | 'both' | 'conflict';
  /** As it was; null: it was not there. */
  readonly base: JsonObject | null;
  /** Null: removed, or never there. */
  readonly theirs: JsonObject | null;
  readonly mine: JsonObject | null;
  /** What comes of it unless something is chosen; null: the rule is gone. */
  readonly merged: JsonObject | null;
}

export interface RuleMerge {
  /** In the order in which they would stand. */
  readonly rules: readonly MergedRule[];
  /** Who put rules that were there in another order; `conflict`: both, otherwise. */
  readonly order: 'same' | Side | 'conflict';
}

/**
 * Merges what two people made of one list of rules. A rule that only one of them changed, added, removed or moved is as that one
 * wants it. Of a rule that both changed, fields that only one changed go together. Where both added a rule at the same place
 * theirs comes first.
 * @param order whose order is taken where both moved rules
 */
export function mergeRules(
  base: readonly JsonObject[],
  theirs: readonly JsonObject[],
  mine: readonly JsonObject[],
  order: Side = 'mine',
): RuleMerge {
  const [toTheirs, toMine] = [matchRules(base, theirs), matchRules(base, mine)];
  const kept = base.map((rule, index) =>
    mergedRule(`b${index}`, rule, theirs[toTheirs[index] ?? -1] ?? null, mine[toMine[index] ?? -1] ?? null),
  );
  const sides = {
    theirs: { list: theirs, baseOf: inverse(toTheirs, theirs.length) },
    mine: { list: mine, baseOf: inverse(toMine, mine.length) },
  };
  const moved = orderOf(sides, toTheirs, toMine);
  const first: Side = moved === 'conflict' ? order : moved === 'theirs' ? 'theirs' : 'mine';
  const second: Side = first === 'mine' ? 'theirs' : 'mine';
  const placed = sequence(sides[first], first, kept);
  // What the other side has and this has not, each behind the rule that it stands behind there.
  let behind = -1;
  for (const [index, rule] of sides[second].list.entries()) {
    const from = sides[second].baseOf[index] as number;
    const known =
      from === -1
        ? placed.findIndex((one) => isAdded(one, first) && sameJson(one[first], rule))
        : placed.findIndex(({ key }) => key === `b${from}`);
    if (known === -1) {
      const one = from === -1 ? added(second, index, rule) : (kept[from] as MergedRule);
      placed.splice(placeAfter(placed, behind, second, first), 0, one);
      behind = placed.indexOf(one);
    } else {
      if (from === -1) placed[known] = { ...(placed[known] as MergedRule), theirs: rule, mine: rule, state: 'both' };
      behind = known;
    }
  }
  // Those that neither has any more are gone without a word.
  return { rules: placed, order: moved };
}

interface ListSide {
  readonly list: readonly JsonObject[];
  /** Index in the base of each rule; -1: it is new. */
  readonly baseOf: readonly number[];
}

/** Theirs come before mine where both added at one place. */
function placeAfter(placed: readonly MergedRule[], behind: number, inserted: Side, first: Side): number {
  let at = behind + 1;
  if (inserted === 'mine') while (at < placed.length && isAdded(placed[at] as MergedRule, first)) at++;
  return at;
}

function isAdded(one: MergedRule, side: Side): boolean {
  return one.base === null && one[side] !== null;
}

function added(side: Side, index: number, rule: JsonObject): MergedRule {
  const none = { base: null, theirs: null, mine: null };
  return { key: `${side}${index}`, state: side, ...none, [side]: rule, merged: rule };
}

/** All rules of one side, in its order. */
function sequence({ list, baseOf }: ListSide, side: Side, kept: readonly MergedRule[]): MergedRule[] {
  return list.map((rule, index) => kept[baseOf[index] ?? -1] ?? added(side, index, rule));
}

function inverse(to: readonly number[], length: number): readonly number[] {
  const from = new Array<number>(length).fill(-1);
  for (const [index, other] of to.entries()) if (other !== -1) from[other] = index;
  return from;
}

function orderOf(
  sides: Readonly<Record<Side, ListSide>>,
  toTheirs: readonly number[],
  toMine: readonly number[],
): RuleMerge['order'] {
  const inBoth = (index: number) => index !== -1 && toTheirs[index] !== -1 && toMine[index] !== -1;
  const [theirs, mine] = [sides.theirs.baseOf.filter(inBoth), sides.mine.baseOf.filter(inBoth)];
  const rises = (order: readonly number[]) => order.every((one, at) => at === 0 || one > (order[at - 1] as number));
  if (rises(theirs)) return rises(sides.mine.baseOf.filter((index) => index !== -1)) ? 'same' : 'mine';
  if (rises(mine)) return 'theirs';
  return sameJson(theirs, mine) ? 'same' : 'conflict';
}

function mergedRule(key: string, base: JsonObject, theirs: JsonObject | null, mine: JsonObject | null): MergedRule {
  const one = { key, base, theirs, mine };
  if (sameJson(theirs, mine)) return { ...one, state: sameJson(theirs, base) ? 'same' : 'both', merged: mine };
  if (sameJson(theirs, base)) return { ...one, state: 'mine', merged: mine };
  if (sameJson(mine, base)) return { ...one, state: 'theirs', merged: theirs };
  if (theirs === null || mine === null) return { ...one, state: 'conflict', merged: mine };
  const { merged, conflicts } = mergeFields(base, theirs, mine);
  return { ...one, state: conflicts.length === 0 ? 'both' : 'conflict', merged };
}

/** The list that comes of it, with what was chosen by key. */
export function resolvedRules({ rules }: RuleMerge, choices: ReadonlyMap<string, Side>): readonly JsonObject[] {
  return rules.flatMap((one) => {
    const choice = choices.get(one.key);
    const rule = choice === undefined ? one.merged : one[choice];
    return rule === null ? [] : [rule];
  });
}

/** Keys of rules of which one side has to be chosen yet. */
export function openRules({ rules }: RuleMerge, choices: ReadonlyMap<string, Side>): readonly string[] {
  return rules.filter(({ key, state }) => state === 'conflict' && !choices.has(key)).map(({ key }) => key);
}
