import { isUtf8 } from 'node:buffer';

/**
 * Erlang terms as tagged data. Binary, atom, charlist, list and tuple stay apart, because agents distinguish them.
 *
 * Canonical by construction (the decoder and the functions below see to it; the encoder relies on it):
 * - a proper list whose elements are all integers 0 to 255 is a `charlist`, whatever bytes it came as;
 * - the empty list is `nil`, which is the empty charlist as well (docs/protocol.md#terms);
 * - an integer is a `number` when that is exact, a `bigint` otherwise.
 */
export type Term =
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'atom'; readonly name: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer }
  | { readonly kind: 'nil' }
  | { readonly kind: 'charlist'; readonly bytes: Buffer }
  | { readonly kind: 'list'; readonly elements: readonly Term[]; readonly tail?: Term }
  | { readonly kind: 'tuple'; readonly elements: readonly Term[] }
  | { readonly kind: 'map'; readonly entries: readonly MapEntry[] }
  | PidTerm
  | OpaqueTerm;

/** One pair of a map. Pairs are in the order of the bytes, which receivers ignore. */
export type MapEntry = readonly [key: Term, value: Term];

/** A process identifier: kept, never interpreted. */
export interface PidTerm {
  readonly kind: 'pid';
  readonly node: string;
  readonly id: number;
  readonly serial: number;
  readonly creation: number;
}

/** A term that no message uses (reference, port, external function, bit string): its own bytes, tag first. */
export interface OpaqueTerm {
  readonly kind: 'opaque';
  readonly tag: number;
  readonly bytes: Buffer;
  /** The rest of its bytes, where they are too many to be put together before they are sent. */
  readonly rest?: readonly Buffer[];
}

export const NIL: Term = { kind: 'nil' };

/** @throws RangeError when a `number` is not a whole number in the exact range. */
export function integer(value: number | bigint): Term {
  if (typeof value === 'bigint') {
    const small = Number(value);
    return { kind: 'integer', value: Number.isSafeInteger(small) ? small : value };
  }
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number in the exact range: ${value}`);
  return { kind: 'integer', value: value + 0 };
}

/** @throws RangeError for NaN and the infinities, which Erlang does not have. */
export function float(value: number): Term {
  if (!Number.isFinite(value)) throw new RangeError(`Erlang has no float ${value}`);
  return { kind: 'float', value };
}

export function atom(name: string): Term {
  return { kind: 'atom', name };
}

/** A binary of these bytes (shared, not copied), or of a string's UTF-8. */
export function binary(content: string | Uint8Array): Term {
  return { kind: 'binary', bytes: toBuffer(content) };
}

/** A list of bytes, as Erlang's `~s` makes of a string: one element per UTF-8 byte. Empty: nil. */
export function charlist(content: string | Uint8Array): Term {
  const bytes = toBuffer(content);
  return bytes.length === 0 ? NIL : { kind: 'charlist', bytes };
}

/** A list, in its canonical kind. A tail of nil is no tail; a tail that is itself a list is appended. */
export function list(elements: readonly Term[], tail: Term = NIL): Term {
  switch (tail.kind) {
    case 'nil':
      return properList(elements);
    case 'charlist':
      return properList([...elements, ...Array.from(tail.bytes, (byte): Term => ({ kind: 'integer', value: byte }))]);
    case 'list': {
      const joined = [...elements, ...tail.elements];
      return tail.tail === undefined ? properList(joined) : { kind: 'list', elements: joined, tail: tail.tail };
    }
    default:
      return elements.length === 0 ? tail : { kind: 'list', elements, tail };
  }
}

export function tuple(...elements: readonly Term[]): Term {
  return { kind: 'tuple', elements };
}

/** A map with these pairs in this order. Keys must differ; the encoder does not check. */
export function map(entries: readonly MapEntry[]): Term {
  return { kind: 'map', entries };
}

/** The string in a binary of valid UTF-8; `undefined` for anything else. */
export function binaryText(term: Term): string | undefined {
  if (term.kind !== 'binary') return undefined;
  const { bytes } = term;
  if (isShortAscii(bytes)) return bytes.toString('latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** What `proplists:get_value` gives: the value of the first pair with this atom, `true` for a bare atom. */
export function propertyOf(proplist: Term, name: string): Term | undefined {
  if (proplist.kind !== 'list') return undefined;
  for (const element of proplist.elements) {
    if (element.kind === 'atom' && element.name === name) return atom('true');
    if (element.kind !== 'tuple' || element.elements.length !== 2) continue;
    const [key, value] = element.elements;
    if (key?.kind === 'atom' && key.name === name) return value;
  }
  return undefined;
}

/** The value under an atom key of a map. */
export function atomKey(term: Term, name: string): Term | undefined {
  if (term.kind !== 'map') return undefined;
  return term.entries.find(([key]) => key.kind === 'atom' && key.name === name)?.[1];
}

/** Asked here and not of Node, whose answers cost more than such a text is long. */
function isShortAscii(bytes: Buffer): boolean {
  const { length } = bytes;
  if (length > 128) return false;
  for (let at = 0; at < length; at++) if ((bytes[at] as number) > 127) return false;
  return true;
}

function properList(elements: readonly Term[]): Term {
  if (elements.length === 0) return NIL;
  const bytes = elements.every(isByte) ? Buffer.from(elements.map((element) => Number(element.value))) : undefined;
  return bytes === undefined ? { kind: 'list', elements } : { kind: 'charlist', bytes };
}

function isByte(term: Term): term is Term & { kind: 'integer'; value: number } {
  return term.kind === 'integer' && typeof term.value === 'number' && term.value >= 0 && term.value <= 255;
}

function toBuffer(content: string | Uint8Array): Buffer {
  if (typeof content === 'string') return Buffer.from(content, 'utf8');
  return Buffer.isBuffer(content) ? content : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}
