import type { Document, JsonObject } from './document.js';
import { rulePeer } from './references.js';
import { isList, isObject } from './validate.js';

/** Names by id, of the tables that rules refer to. */
export interface NamesById {
  readonly groups: ReadonlyMap<string, string>;
  readonly zones: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
}

/** `id` to `name` of the documents that have a name in text. */
export function namesById(documents: readonly Document[]): ReadonlyMap<string, string> {
  return new Map(documents.flatMap((doc) => (typeof doc['name'] === 'string' ? [[doc.id, doc['name']] as const] : [])));
}

/** The rule with names for ids; what can't be resolved stays as it is (docs/http-api.md#lists). */
export function ruleWithNames(rule: JsonObject, names: NamesById): JsonObject {
  const { group, service } = rule;
  const peer = rulePeer(rule);
  const table = peer === 'group' ? names.groups : peer === 'zone' ? names.zones : undefined;
  return {
    ...rule,
    ...(typeof group === 'string' ? { group: table?.get(group) ?? group } : {}),
    ...(typeof service === 'string' ? { service: names.services.get(service) ?? service } : {}),
  };
}

/** The ruleset with names for ids in every rule; all else untouched. */
export function rulesetWithNames<T extends JsonObject>(ruleset: T, names: NamesById): T {
  const rules = ruleset['rules'];
  if (!isObject(rules)) return ruleset;
  const named = Object.entries(rules).map(([key, list]) => [
    key,
    isList(list) ? list.map((rule) => (isObject(rule) ? ruleWithNames(rule, names) : rule)) : list,
  ]);
  return { ...ruleset, rules: Object.fromEntries(named) as JsonObject };
}
