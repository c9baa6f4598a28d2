import type { JsonObject } from './document.js';

/**
 * The field that a RethinkDB row has beside its document, for this server's own bookkeeping. Another server of the same
 * database hands it to its clients, who send it back with the rest of the document.
 */
export const STORE_FIELD = 'dog_trainer_store';

/** The document as a client means it: without what a store keeps for itself. */
export function withoutStoreField<T extends JsonObject>(doc: T): T {
  if (!Object.hasOwn(doc, STORE_FIELD)) return doc;
  return Object.fromEntries(Object.entries(doc).filter(([key]) => key !== STORE_FIELD)) as unknown as T;
}
