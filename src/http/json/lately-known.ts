import type { Json, JsonObject } from '../../model/document.js';
import { isObject } from '../../model/validate.js';
import { isLongTextList } from '../../kept-texts/list-text.js';

/** Documents that are remembered. */
const MOST = 64;

const lately = new Map<string, WeakRef<JsonObject>>();

/**
 * Remembers a document with long lists that was answered or read, by its id: whoever edits it sends nearly the same back. It need not be
 * the stored one, since what is sent is compared with it byte by byte (`readNearJson`).
 */
export function rememberLately(id: Json | undefined, document: Json): void {
  if (typeof id !== 'string' || !isObject(document)) return;
  if (!Object.values(document).some(isLongTextList)) return;
  lately.delete(id);
  lately.set(id, new WeakRef(document));
  const [oldest] = lately.keys();
  if (lately.size > MOST && oldest !== undefined) lately.delete(oldest);
}

/** The document of this id that was remembered last, unless it is forgotten. */
export function latelyKnown(id: string | undefined): JsonObject | undefined {
  return id === undefined ? undefined : lately.get(id)?.deref();
}
