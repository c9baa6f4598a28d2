import type { Json } from '../../model/document.js';
import { type ReadService, readService } from './read-service.js';

const known = new WeakMap<object, ReadService>();

/**
 * {@link readService}, once for each document: documents are never changed in place, a change makes another object, so that
 * nothing that is found by it can be out of date. It goes with the document.
 */
export function readServiceOnce(document: Json): ReadService {
  if (typeof document !== 'object' || document === null) return readService(document);
  const before = known.get(document);
  if (before !== undefined) return before;
  const read = readService(document);
  known.set(document, read);
  return read;
}
