import type { Stored } from '../../store/store.js';
import { ApiError } from '../errors.js';

/** Entity tag of a document at a revision (RFC 9110 section 8.8.3). */
export function entityTag(stored: Pick<Stored, 'revision'>): string {
  return `"${stored.revision}"`;
}

/**
 * Checks `If-Match` against the document's present tag. True when the header was sent: the commit must then also name
 * the revision, so that no other write comes between. Throws 412 when the document has changed, 400 on a header that is
 * not a list of tags.
 */
export function checkIfMatch(header: string | undefined, current: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const tags = header.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => /^(?:W\/)?"[^"]*"$/.test(tag))) {
    throw new ApiError('bad_request', { reason: 'if-match must be an entity tag in double quotes, as etag has it' });
  }
  if (!tags.includes(current)) throw staleError(header, current);
  return true;
}

export function staleError(wanted: string, current: string): ApiError {
  return new ApiError('stale', { wanted: wanted.slice(0, 100), current }, { headers: { etag: current } });
}
