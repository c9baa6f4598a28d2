import type { Document } from '../../model/document.js';
import { compareBytes } from '../hash/byte-order.js';

/** Documents by id in byte order: what is made from them must not depend on the order in which they came. */
export function sortedDocuments(documents: Iterable<Document>): Document[] {
  return [...documents].sort((a, b) => compareBytes(a.id, b.id));
}
