import type { Document } from './document.js';

/** A document's id and those of its top-level fields that are named. */
export const cutTo = (doc: Document, fields: readonly string[]): Document => ({
  ...Object.fromEntries(Object.entries(doc).filter(([key]) => fields.includes(key))),
  id: doc.id,
});
