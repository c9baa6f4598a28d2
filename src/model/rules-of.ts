import type { JsonObject } from './document.js';
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
  const rules = ruleset['rules'];
  if (!isObject(rules)) return [];
  return (['inbound', 'outbound'] as const).flatMap((direction) => {
    const list = rules[direction];
    if (!isList(list)) return [];
    return list.flatMap((rule, index) => (isObject(rule) ? [{ direction, index, rule }] : []));
  });
}
