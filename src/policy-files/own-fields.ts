import type { JsonObject } from '../model/document.js';

/** Before the key of a client's own field that is called as a reference is in files. */
const OWN = 'own:';

function isOwn(key: string, called: string): boolean {
  return key.endsWith(called) && /^(own:)*$/.test(key.slice(0, -called.length));
}

function renamed(doc: JsonObject, rename: (key: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(doc).map(([key, value]) => [rename(key), value]));
}

/** Keeps a client's own field `called` apart from the reference of that name: it becomes `own:called`. */
export function escapeOwn(doc: JsonObject, called: string): JsonObject {
  return renamed(doc, (key) => (isOwn(key, called) ? `${OWN}${key}` : key));
}

/** The opposite, of a document without the reference. */
export function unescapeOwn(doc: JsonObject, called: string): JsonObject {
  return renamed(doc, (key) => (key !== called && isOwn(key, called) ? key.slice(OWN.length) : key));
}
