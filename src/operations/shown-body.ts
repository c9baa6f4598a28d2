import { isUtf8 } from 'node:buffer';
import { redactLine } from '../log/redact-secrets.js';
import type { Json } from '../model/document.js';
import { escapeHidden } from '../model/hidden-characters.js';
import type { DecodeLimits } from '../wire/decode-limits.js';
import { decodeTerm } from '../wire/decode.js';
import { readableTerm } from '../wire/readable-term.js';
import { TermError } from '../wire/term-error.js';
import type { RefusedMessage } from './refused-answers.js';
import { shownJson } from './shown-json.js';

/** A small compressed body may not become a large one: nobody reads more than this. */
const LIMITS: DecodeLimits = { maxBytes: 65_536, maxInflatedBytes: 262_144, maxDepth: 64, maxTerms: 16_384 };

/** Characters of a body that is no term and no JSON. */
const TEXT_MAX = 8192;

/** So many bytes after a name such as `password` are not shown, where it is not known what ends the value. */
const MASKED_BYTES = 64;
const SECRET_WORD = 'password|passwd|passphrase|secret|authorization|token|cookie|aws_key|private_key|api_key';
const IN_TEXT = new RegExp(`((?:${SECRET_WORD})["']?\\s*[:=]\\s*)(?:"[^"]*"?|'[^']*'?|[^\\s,;]+)`, 'gi');
const IN_BYTES = new RegExp(`(${SECRET_WORD})[^]{1,${MASKED_BYTES}}`, 'gi');

/**
 * What a refused body says: its Erlang term or JSON, else its text. It may be an attacker's, so everything is bounded, and
 * no character of it changes what stands beside it. `bytes`: of the whole body, of which `body` may be the beginning.
 */
export function shownBody(body: Uint8Array, bytes: number): Pick<RefusedMessage, 'decoded' | 'text' | 'cut'> {
  const kept = body.length < bytes;
  const read = kept ? undefined : (termOf(body) ?? jsonOf(body));
  if (read !== undefined) {
    const { json, cut } = shownJson(read.json);
    return { decoded: json, text: null, cut };
  }
  const part = body.subarray(0, TEXT_MAX);
  return { decoded: null, text: textOfBytes(part), cut: kept || part.length < body.length };
}

function termOf(body: Uint8Array): { readonly json: Json } | undefined {
  try {
    return { json: readableTerm(decodeTerm(body, LIMITS)) };
  } catch (error) {
    if (error instanceof TermError) return undefined;
    throw error;
  }
}

function jsonOf(body: Uint8Array): { readonly json: Json } | undefined {
  if (!isUtf8(body)) return undefined;
  try {
    return { json: JSON.parse(Buffer.from(body).toString('utf8')) as Json };
  } catch {
    // Some other text.
    return undefined;
  }
}

function textOfBytes(bytes: Uint8Array): string {
  try {
    // Where it is cut, a character may be too.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return escapeHidden(redactLine(text.replace(IN_TEXT, '$1(secret)')));
  } catch {
    return redactLine(Buffer.from(bytes).toString('latin1').replace(IN_BYTES, '$1(secret)')).replace(
      /[^\x20-\x7e]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  }
}
