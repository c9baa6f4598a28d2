import type { Document, Json, JsonObject } from '../model/document.js';
import { isObject } from '../model/validate.js';
import type { ApiVersion, ResourceDeclaration } from './resource.js';

/** `{...a, ...b}` that can't reach a prototype: only own keys, and `__proto__` is a key like any other. */
export function shallowMerge(stored: JsonObject, sent: JsonObject): JsonObject {
  return { ...stored, ...sent };
}

/** As RethinkDB's update: objects are merged at every depth, everything else is replaced, nothing is removed. */
export function deepMerge(stored: JsonObject, sent: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(stored));
  for (const [key, value] of Object.entries(sent)) {
    const before = merged.get(key);
    merged.set(key, isObject(value) ? deepMerge(isObject(before) ? before : {}, value) : value);
  }
  // fromEntries defines keys, so `__proto__` would become a plain key, never the prototype.
  return Object.fromEntries(merged);
}

/**
 * What a PUT makes of a stored document: what its schema is checked on, and what is then stored
 * (docs/http-api.md#how-put-merges).
 */
export interface PutResult {
  readonly checked: JsonObject;
  readonly stored: Document;
}

/** Merges the body of a PUT into the stored document as its resource says. `now`: epoch seconds. */
export function mergePut(
  model: ResourceDeclaration,
  version: ApiVersion,
  current: Document,
  sent: JsonObject,
  now: number,
): PutResult {
  const touch = model.touch ?? ((doc: JsonObject) => doc);
  const checked = touch(shallowMerge(dropUnsent(model, version, current, sent), sent), now, current);
  const stored = model.merge === 'replace' ? checked : touch(deepMerge(current, sent), now, current);
  return { checked, stored: { ...stored, id: current.id } };
}

function dropUnsent(
  model: ResourceDeclaration,
  version: ApiVersion,
  current: JsonObject,
  sent: JsonObject,
): JsonObject {
  let kept = current;
  for (const path of model.droppedOnPut[version]) {
    if (!Object.hasOwn(sent, path[0] as string)) kept = without(kept, path);
  }
  return kept;
}

function without(doc: JsonObject, [key, ...rest]: readonly string[]): JsonObject {
  if (key === undefined || !Object.hasOwn(doc, key)) return doc;
  if (rest.length === 0) return Object.fromEntries(Object.entries(doc).filter(([name]) => name !== key));
  const inner = doc[key];
  return isObject(inner) ? { ...doc, [key]: without(inner, rest) } : doc;
}
