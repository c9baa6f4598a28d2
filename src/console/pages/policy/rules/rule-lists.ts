import type { Json, JsonObject } from '../../../../model/document.js';
import type { Direction } from '../../../../model/rules-of.js';
import { isList, isObject } from '../../../../model/validate.js';

/** The two lists of a profile's rules. */
export type RuleLists = Readonly<Record<Direction, readonly JsonObject[]>>;

/** The rules of a stored document; what is no rule at all is left out. */
export function listsOf(value: Json | undefined): RuleLists {
  const rules = isObject(value) ? value : {};
  const list = (direction: Direction) => {
    const one = rules[direction];
    return isList(one) ? one.filter(isObject) : [];
  };
  return { inbound: list('inbound'), outbound: list('outbound') };
}
