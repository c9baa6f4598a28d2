import type { Json, JsonObject } from '../../model/document.js';

/** Those of the keys that the document has. */
export function pick(doc: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(doc, key) ? [[key, doc[key] as Json]] : [])));
}
