import type { Document, JsonObject } from '../model/document.js';
import { sameJson } from '../model/same-json.js';
import { declarationOf } from '../resources/resources.js';
import { type Kind, KINDS, writtenByServer } from './kinds.js';

/** What a new document gets where it says nothing else, but for what the server writes itself. */
const DEFAULTS = new Map<Kind, JsonObject>(
  KINDS.map((kind) => {
    const own = writtenByServer(kind);
    const completed = Object.entries(declarationOf(kind).complete({}, 0, 'v2'));
    return [kind, Object.fromEntries(completed.filter(([key]) => !own.has(key)))];
  }),
);

function isDefault(kind: Kind, doc: JsonObject, key: string): boolean {
  const defaults = DEFAULTS.get(kind) ?? {};
  return Object.hasOwn(defaults, key) && Object.hasOwn(doc, key) && sameJson(doc[key], defaults[key]);
}

/** The document without what goes without saying. */
export function withoutDefaults(kind: Kind, doc: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(doc).filter(([key]) => !isDefault(kind, doc, key)));
}

/** A file that says nothing of such a field leaves it as it is in the document that is there. */
export function withDefaultsOf(kind: Kind, doc: JsonObject, before: Document): JsonObject {
  const kept = Object.entries(before).filter(([key]) => !Object.hasOwn(doc, key) && isDefault(kind, before, key));
  return { ...doc, ...Object.fromEntries(kept) };
}
