import type { Json } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import { sharedEnds } from '../../model/shared-ends.js';
import { isList, isObject } from '../../model/validate.js';

/** Rules by direction. */
export interface ChangedRules {
  readonly inbound: readonly Json[];
  readonly outbound: readonly Json[];
}

/**
 * The rules that differ from the stored ones, but for those that `stored` has at the begin or the end of its list too, which
 * an edit of one rule leaves as they are. Of what holds no lists of rules none.
 */
export function changedRules(rules: Json, stored: Json | undefined): ChangedRules {
  return { inbound: changed(rules, stored, 'inbound'), outbound: changed(rules, stored, 'outbound') };
}

function changed(rules: Json, stored: Json | undefined, direction: keyof ChangedRules): readonly Json[] {
  const list = isObject(rules) ? rules[direction] : undefined;
  const before = isObject(stored) ? stored[direction] : undefined;
  if (!isList(list)) return [];
  if (!isList(before)) return list;
  const { head, tail } = sharedEnds(before, list, sameJson);
  return list.slice(head, list.length - tail);
}
