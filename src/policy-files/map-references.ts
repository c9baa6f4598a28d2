import type { Json, JsonObject } from '../model/document.js';
import { rulePeer } from '../model/references.js';
import { isList, isObject, type Path } from '../model/validate.js';
import type { Kind } from './kinds.js';

/** What stands in place of a reference to a document of `kind`. */
export type MapReference = (kind: Kind, reference: string, path: Path) => string;

/**
 * The document with each reference of its rules replaced; `group` of a rule leads to a group or a zone as its
 * `group_type` says, and to nothing of ours where the rule is of a linked environment.
 */
export function mapRuleReferences(doc: JsonObject, map: MapReference): JsonObject {
  const rules = doc['rules'];
  if (!isObject(rules)) return doc;
  return {
    ...doc,
    rules: Object.fromEntries(
      Object.entries(rules).map(([direction, list]) => [
        direction,
        isList(list) ? list.map((rule, index) => mapRule(rule, map, ['rules', direction, index])) : list,
      ]),
    ),
  };
}

function mapRule(rule: Json, map: MapReference, path: Path): Json {
  if (!isObject(rule)) return rule;
  const { group, service } = rule;
  const peer = rulePeer(rule);
  return {
    ...rule,
    ...(typeof group === 'string' && (peer === 'group' || peer === 'zone')
      ? { group: map(peer, group, [...path, 'group']) }
      : {}),
    ...(typeof service === 'string' ? { service: map('service', service, [...path, 'service']) } : {}),
  };
}
