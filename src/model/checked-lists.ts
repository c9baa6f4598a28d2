import type { Json, JsonObject } from './document.js';
import type { JsonSchema } from './json-schema.js';
import { sharedEnds } from './shared-ends.js';
import { isList } from './validate.js';

/** Shorter lists are checked as fast as compared. */
const LONG = 100;

/** What a schema may say of a list whose elements are checked one by one, whatever stands beside them. */
const BY_ELEMENT = new Set(['description', 'items', 'title', 'type']);

/**
 * Long frozen lists, which can't change any more, that were found to keep a schema, by that schema: they are never checked
 * by it again. Never wrong, as it rests on the two objects alone; forgotten with either.
 */
const found = new WeakMap<JsonSchema, WeakSet<readonly Json[]>>();

/** The properties of a document that are long frozen lists, checked element by element. */
function listsOf({ properties }: JsonSchema, doc: JsonObject): (readonly [string, JsonSchema, readonly Json[]])[] {
  return Object.entries(properties ?? {}).flatMap(([key, schema]) => {
    const value = Object.hasOwn(doc, key) ? doc[key] : undefined;
    if (!isList(value) || value.length < LONG || schema.type !== 'array' || !Object.isFrozen(value)) return [];
    return Object.keys(schema).every((keyword) => BY_ELEMENT.has(keyword)) ? [[key, schema, value] as const] : [];
  });
}

/**
 * The document with only those elements of its lists that are not known to keep the schema: what both a list and that of
 * `before`, which was checked, begin and end with is known. It keeps the schema if, and only if, the whole document does.
 */
export function withoutChecked(schema: JsonSchema, doc: JsonObject, before: JsonObject | undefined): JsonObject {
  const unchecked = listsOf(schema, doc).flatMap(([key, of, list]) => {
    const former = before !== undefined && Object.hasOwn(before, key) ? before[key] : undefined;
    const rest = uncheckedOf(list, former, found.get(of));
    return rest === list ? [] : [[key, rest] as const];
  });
  return unchecked.length === 0 ? doc : { ...doc, ...Object.fromEntries<Json>(unchecked) };
}

function uncheckedOf(
  list: readonly Json[],
  former: Json | undefined,
  checked: WeakSet<readonly Json[]> | undefined,
): readonly Json[] {
  if (checked?.has(list) === true) return [];
  if (!isList(former) || checked?.has(former) !== true) return list;
  const { head, tail } = sharedEnds(former, list);
  return list.slice(head, list.length - tail);
}

/** Says that a whole document keeps the schema. */
export function rememberChecked(schema: JsonSchema, doc: JsonObject): void {
  for (const [, of, list] of listsOf(schema, doc)) {
    const checked = found.get(of) ?? new WeakSet();
    checked.add(list);
    found.set(of, checked);
  }
}
