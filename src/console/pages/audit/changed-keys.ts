import type { Json, JsonObject } from '../../../model/document.js';
import { sameJson } from '../../../model/same-json.js';

/** Keys of a document whose values are others, in alphabetical order; empty: it is new or gone. */
export function changedKeys(before: Json, after: Json): readonly string[] {
  if (!isObject(before) || !isObject(after)) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !sameJson(before[key] ?? null, after[key] ?? null))
    .sort();
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
