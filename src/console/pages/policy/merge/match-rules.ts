import type { Json, JsonObject } from '../../../../model/document.js';
import { sameJson } from '../../../../model/same-json.js';

/** Of what makes a rule the same rule after an edit, this part of its fields must be as it was. */
const ALIKE = 0.5;

/**
 * Which rule of `now` each rule of `before` has become, by index; -1: none. Rules have no ids: equal ones are paired first, in
 * their order as far as that goes, then those that share most of their fields.
 */
export function matchRules(before: readonly JsonObject[], now: readonly JsonObject[]): readonly number[] {
  const matched = before.map(() => -1);
  const taken = new Set<number>();
  const pair = (from: number, to: number) => {
    matched[from] = to;
    taken.add(to);
  };
  for (const [from, to] of longestCommon(before, now)) pair(from, to);
  // Those that were moved as they are.
  for (const [from, rule] of before.entries()) {
    if (matched[from] !== -1) continue;
    const to = now.findIndex((other, index) => !taken.has(index) && sameJson(rule, other));
    if (to !== -1) pair(from, to);
  }
  const likely = before
    .flatMap((rule, from) =>
      matched[from] !== -1
        ? []
        : now.flatMap((other, to) => (taken.has(to) ? [] : [{ from, to, score: likeness(rule, other) }])),
    )
    .filter(({ score }) => score >= ALIKE)
    .sort((a, b) => b.score - a.score || Math.abs(a.from - a.to) - Math.abs(b.from - b.to) || a.from - b.from);
  for (const { from, to } of likely) if (matched[from] === -1 && !taken.has(to)) pair(from, to);
  return matched;
}

/** What part of the fields of two rules is the same, 0 to 1. A comment that somebody wrote counts for more. */
function likeness(a: JsonObject, b: JsonObject): number {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  let same = 0;
  let all = 0;
  for (const key of keys) {
    const weight = key === 'comment' && isText(a[key]) && isText(b[key]) ? 3 : 1;
    all += weight;
    if (sameJson(a[key], b[key])) same += weight;
  }
  return all === 0 ? 1 : same / all;
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

/** Pairs of indexes of equal rules, as many as can be in one order. */
function longestCommon(a: readonly JsonObject[], b: readonly JsonObject[]): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [start, endA, endB] = [0, a.length, b.length];
  for (; start < endA && start < endB && sameJson(a[start], b[start]); start++) pairs.push([start, start]);
  const tail: (readonly [number, number])[] = [];
  for (; endA > start && endB > start && sameJson(a[endA - 1], b[endB - 1]); endA--, endB--)
    tail.unshift([endA - 1, endB - 1]);
  const lengths = Array.from({ length: endA - start + 1 }, () => new Array<number>(endB - start + 1).fill(0));
  const at = (i: number, j: number) => lengths[i - start]?.[j - start] ?? 0;
  for (let i = endA - 1; i >= start; i--) {
    const row = lengths[i - start] as number[];
    for (let j = endB - 1; j >= start; j--)
      row[j - start] = sameJson(a[i], b[j]) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  for (let i = start, j = start; i < endA && j < endB;) {
    if (sameJson(a[i], b[j])) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return [...pairs, ...tail];
}
