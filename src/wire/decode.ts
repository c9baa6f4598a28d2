import { byteCount } from './byte-count.js';
import { MESSAGE_LIMITS, type DecodeLimits } from './decode-limits.js';
import { inflateTerm } from './inflate.js';
import { TermError } from './term-error.js';
import { TermReader } from './term-reader.js';
import * as tag from './tags.js';
import type { Term } from './term.js';

/**
 * Decodes one external term: version byte 131, then the term or its compressed form (131, 80, size, zlib), and no more.
 * Binaries and charlists may share memory with `bytes`; copy what must outlive the message.
 * Nothing is kept between calls: atoms are plain strings, so hostile input can't fill an atom table.
 * @throws TermError for anything else, within the time that `limits` allow.
 */
export function decodeTerm(bytes: Uint8Array, limits: DecodeLimits = MESSAGE_LIMITS): Term {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length > limits.maxBytes) {
    throw new TermError(0, `a message of ${byteCount(buffer.length)}`, `at most ${limits.maxBytes}`);
  }
  const version = buffer[0];
  if (version === undefined) throw new TermError(0, 'an empty message', `version byte ${tag.VERSION}`);
  if (version !== tag.VERSION) throw new TermError(0, `byte ${version}`, `version byte ${tag.VERSION}`);
  if (buffer[1] !== tag.COMPRESSED) return new TermReader(buffer, 1, limits, false).whole();
  return new TermReader(inflateTerm(buffer, limits), 0, limits, true).whole();
}
