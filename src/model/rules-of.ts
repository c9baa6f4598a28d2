import type { Json, JsonObject } from './document.js';
import { isList, isObject } from './validate.js';

export type Direction = 'inbound' | 'outbound';

/** A rule as stored, and where it stands. */
export interface PlacedRule {
  readonly direction: Direction;
  readonly index: number;
  readonly rule: JsonObject;
}

/** Every rule of a ruleset, inbound first; what is no rule at all is left out (stored data may be of any shape). */
export function rulesOf(ruleset: JsonObject): readonly PlacedRule[] {
  return [...eachRule(ruleset)];
}

/** The same, one at a time. */
export function* eachRule(ruleset: JsonObject): Generator<PlacedRule, void> {
  const rules = ruleset['rules'];
  if (!isObject(rules)) return;
  for (const direction of ['inbound', 'outbound'] as const) {
    const list = rules[direction];
    if (!isList(list)) continue;
    for (const [index, rule] of list.entries()) if (isObject(rule)) yield { direction, index, rule };
  }
}

/** Whether some rule of a ruleset has this in that field; for the scan of all rulesets, so nothing is made of a rule. */
export function someRuleHas(ruleset: JsonObject, field: string, value: string): boolean {
  const rules = ruleset['rules'];
  if (!isObject(rules)) return false;
  return (['inbound', 'outbound'] as const).some((direction) => {
    const list = rules[direction];
    return isList(list) && list.some((rule) => isObject(rule) && rule[field] === value);
  });
}

/** Places in a list of rules of those that have this in that field; as quick as it goes, since all rulesets are gone through. */
export function placesWith(rules: readonly Json[], field: string, value: string): readonly number[] {
  const found: number[] = [];
  for (let place = 0; place < rules.length; place += 1) {
    const rule = rules[place] as JsonObject | null;
    if (rule?.[field] === value) found.push(place);
  }
  return found;
}
