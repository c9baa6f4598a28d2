import type { Document } from './document.js';

/** A document's id and those of its top-level fields that are named. */
export function cutTo(doc: Document, fields: readonly string[]): Document {
  return {
    ...Object.fromEntries(Object.entries(doc).filter(([key]) => fields.includes(key))),
    id: doc.id,
  };
}
