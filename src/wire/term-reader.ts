import { isUtf8 } from 'node:buffer';
import { byteCount } from './byte-count.js';
import { MAX_ATOM_CHARACTERS, MAX_INTEGER_BYTES, type DecodeLimits } from './decode-limits.js';
import { keyIdentity } from './key-identity.js';
import { opaqueLength } from './opaque-length.js';
import { TermError } from './term-error.js';
import * as tag from './tags.js';
import { integer, NIL, type MapEntry, type Term } from './term.js';

const KNOWN_TAGS =
  'an integer (97, 98, 110, 111), float (70, 99), atom (100, 115, 118, 119), binary (109), list (106, 107, 108), ' +
  'tuple (104, 105), map (116), pid (88, 103), reference, port, external function or bit string';

/** Reads terms from bytes at a moving position. Recursion is bounded by `limits.maxDepth`, never by the message. */
export class TermReader {
  readonly #bytes: Buffer;
  readonly #limits: DecodeLimits;
  readonly #compressed: boolean;
  #position: number;
  #depth = 0;
  #terms = 0;

  constructor(bytes: Buffer, position: number, limits: DecodeLimits, compressed: boolean) {
    this.#bytes = bytes;
    this.#position = position;
    this.#limits = limits;
    this.#compressed = compressed;
  }

  /** One term, and the end of the bytes. */
  whole(): Term {
    const term = this.#term();
    const rest = this.#bytes.length - this.#position;
    if (rest > 0) throw this.#error(this.#position, `${byteCount(rest)} after the term`, 'nothing more');
    return term;
  }

  #term(): Term {
    const start = this.#position;
    this.#count(start, 1);
    this.#need(1, 'a tag');
    const found = this.#bytes[this.#position++];
    switch (found) {
      case tag.SMALL_INTEGER:
        return { kind: 'integer', value: this.#u8('an integer') };
      case tag.INTEGER:
        this.#need(4, 'an integer');
        return { kind: 'integer', value: this.#bytes.readInt32BE(this.#advance(4)) };
      case tag.SMALL_BIG:
        return this.#big(start, this.#u8('the length of an integer'));
      case tag.LARGE_BIG:
        return this.#big(start, this.#u32('the length of an integer'));
      case tag.NEW_FLOAT:
        this.#need(8, 'a float');
        return this.#float(start, this.#bytes.readDoubleBE(this.#advance(8)));
      case tag.FLOAT:
        return this.#oldFloat(start);
      case tag.SMALL_ATOM_UTF8:
      case tag.ATOM:
      case tag.SMALL_ATOM:
      case tag.ATOM_UTF8:
        return { kind: 'atom', name: this.#atomName(start, found) };
      case tag.BINARY:
        return { kind: 'binary', bytes: this.#slice(this.#u32('the length of a binary'), 'a binary') };
      case tag.NIL_TAG:
        return NIL;
      case tag.STRING: {
        const length = this.#u16('the length of a charlist');
        return length === 0 ? NIL : { kind: 'charlist', bytes: this.#slice(length, 'a charlist') };
      }
      case tag.LIST:
        return this.#nested(start, () => this.#list());
      case tag.SMALL_TUPLE:
        return this.#nested(start, () => this.#tuple(this.#u8('the arity of a tuple')));
      case tag.LARGE_TUPLE:
        return this.#nested(start, () => this.#tuple(this.#u32('the arity of a tuple')));
      case tag.MAP:
        return this.#nested(start, () => this.#map());
      case tag.NEW_PID:
      case tag.PID:
        return this.#pid(found);
      default:
        return this.#opaque(start, found);
    }
  }

  #nested<T>(start: number, read: () => T): T {
    if (++this.#depth > this.#limits.maxDepth) {
      throw this.#error(
        start,
        `nesting deeper than ${this.#limits.maxDepth}`,
        `at most ${this.#limits.maxDepth} levels`,
      );
    }
    const result = read();
    this.#depth--;
    return result;
  }

  /** LIST_EXT whose tail is a list again is one list in Erlang too: its parts are read in a loop, not by recursion. */
  #list(): Term {
    const quick = this.#charlist();
    if (quick !== undefined) return quick;
    const elements: Term[] = [];
    let allBytes = true;
    const add = (term: Term): void => {
      allBytes &&= term.kind === 'integer' && (term.value as number) >= 0 && (term.value as number) <= 255;
      elements.push(term);
    };
    for (;;) {
      const at = this.#position;
      const length = this.#u32('the length of a list');
      this.#expect(at, length, 1, 'list elements');
      for (let i = 0; i < length; i++) add(this.#term());
      this.#need(1, 'the tail of a list');
      const tail = this.#bytes[this.#position];
      if (tail === tag.LIST) {
        this.#count(this.#position++, 1);
        continue;
      }
      const rest = this.#term();
      if (rest.kind === 'charlist') {
        this.#count(at, rest.bytes.length);
        for (const byte of rest.bytes) add({ kind: 'integer', value: byte });
      } else if (rest.kind !== 'nil') {
        return elements.length === 0 ? rest : { kind: 'list', elements, tail: rest };
      }
      if (elements.length === 0) return NIL;
      if (!allBytes) return { kind: 'list', elements };
      return { kind: 'charlist', bytes: Buffer.from(elements.map((element) => (element as { value: number }).value)) };
    }
  }

  /**
   * The form of charlists of 64 kB and more: every element two bytes (97, byte), then NIL. Anything else: undefined.
   */
  #charlist(): Term | undefined {
    const bytes = this.#bytes;
    if (bytes.length - this.#position < 4) return undefined;
    const length = bytes.readUInt32BE(this.#position);
    const first = this.#position + 4;
    const end = first + 2 * length;
    if (length === 0 || end >= bytes.length || bytes[end] !== tag.NIL_TAG) return undefined;
    for (let at = first; at < end; at += 2) if (bytes[at] !== tag.SMALL_INTEGER) return undefined;
    const result = Buffer.allocUnsafe(length);
    for (let i = 0, at = first + 1; i < length; i++, at += 2) result[i] = bytes[at] as number;
    this.#position = end + 1;
    return { kind: 'charlist', bytes: result };
  }

  #tuple(arity: number): Term {
    this.#expect(this.#position, arity, 1, 'tuple elements');
    const elements: Term[] = [];
    for (let i = 0; i < arity; i++) elements.push(this.#term());
    return { kind: 'tuple', elements };
  }

  #map(): Term {
    const at = this.#position;
    const size = this.#u32('the size of a map');
    this.#expect(at, size, 2, 'map pairs');
    const entries: MapEntry[] = [];
    const seen = new Set<string>();
    for (let i = 0; i < size; i++) {
      const keyAt = this.#position;
      const key = this.#term();
      const identity = keyIdentity(key);
      if (identity !== undefined) {
        if (seen.has(identity)) throw this.#error(keyAt, 'a map key that was there before', 'each key once');
        seen.add(identity);
      }
      entries.push([key, this.#term()]);
    }
    return { kind: 'map', entries };
  }

  #big(start: number, length: number): Term {
    if (length > MAX_INTEGER_BYTES) {
      throw this.#error(start, `an integer of ${byteCount(length)}`, `at most ${MAX_INTEGER_BYTES}`);
    }
    const sign = this.#u8('the sign of an integer');
    const digits = this.#slice(length, 'an integer');
    const hex = Buffer.from(digits).reverse().toString('hex');
    const magnitude = BigInt(hex === '' ? 0 : `0x${hex}`);
    return integer(sign === 0 ? magnitude : -magnitude);
  }

  #oldFloat(start: number): Term {
    const text = this.#slice(31, 'a float').toString('latin1').replace(/\0+$/, '');
    if (!/^ *[-+]?\d+\.\d+(e[-+]?\d+)?$/i.test(text))
      throw this.#error(start, 'a float that is no number', '%.20e text');
    return this.#float(start, Number(text));
  }

  #float(start: number, value: number): Term {
    if (!Number.isFinite(value)) throw this.#error(start, `the float ${value}`, 'a finite number');
    return { kind: 'float', value };
  }

  #atomName(start: number, found: number): string {
    const long = found === tag.ATOM || found === tag.ATOM_UTF8;
    const length = long ? this.#u16('the length of an atom') : this.#u8('the length of an atom');
    this.#need(length, 'an atom');
    const from = this.#advance(length);
    const utf8 = found === tag.ATOM_UTF8 || found === tag.SMALL_ATOM_UTF8;
    const ascii = this.#isAscii(from, this.#position);
    if (utf8 && !ascii && !isUtf8(this.#bytes.subarray(from, this.#position))) {
      throw this.#error(start, 'an atom that is not UTF-8', 'UTF-8 text');
    }
    const name = this.#bytes.toString(utf8 && !ascii ? 'utf8' : 'latin1', from, this.#position);
    if (length > MAX_ATOM_CHARACTERS && [...name].length > MAX_ATOM_CHARACTERS) {
      throw this.#error(start, `an atom of ${byteCount(length)}`, `at most ${MAX_ATOM_CHARACTERS} characters`);
    }
    return name;
  }

  #isAscii(from: number, to: number): boolean {
    for (let at = from; at < to; at++) if ((this.#bytes[at] as number) > 127) return false;
    return true;
  }

  #pid(found: number): Term {
    this.#need(1, 'the node of a pid');
    const at = this.#position;
    const nodeTag = this.#bytes[this.#position++] ?? 0;
    if (![tag.ATOM, tag.SMALL_ATOM, tag.ATOM_UTF8, tag.SMALL_ATOM_UTF8].includes(nodeTag)) {
      throw this.#error(at, `tag ${nodeTag} as the node of a pid`, 'an atom (100, 115, 118, 119)');
    }
    const node = this.#atomName(at, nodeTag);
    const id = this.#u32('a pid');
    const serial = this.#u32('a pid');
    const creation = found === tag.PID ? this.#u8('a pid') : this.#u32('a pid');
    return { kind: 'pid', node, id, serial, creation };
  }

  #opaque(start: number, found: number | undefined): Term {
    if (found === undefined) throw this.#error(start, 'the end of the message', KNOWN_TAGS);
    const length = opaqueLength(this.#bytes, start);
    if (length === undefined) throw this.#error(start, `tag ${found}`, KNOWN_TAGS);
    this.#position = start;
    return { kind: 'opaque', tag: found, bytes: this.#slice(length, 'a term that no message uses') };
  }

  #u8(what: string): number {
    this.#need(1, what);
    return this.#bytes[this.#position++] as number;
  }

  #u16(what: string): number {
    this.#need(2, what);
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  #u32(what: string): number {
    this.#need(4, what);
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  #slice(length: number, what: string): Buffer {
    this.#need(length, what);
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  #advance(length: number): number {
    const start = this.#position;
    this.#position += length;
    return start;
  }

  #need(length: number, what: string): void {
    const left = this.#bytes.length - this.#position;
    if (length <= left) return;
    const found = left === 0 ? 'the end of the message' : `only ${byteCount(left)}`;
    throw this.#error(this.#position, `${found} where ${what} should be`, byteCount(length));
  }

  /** Refuses a count before anything is allocated for it: each item takes at least `each` bytes and terms. */
  #expect(at: number, count: number, each: number, what: string): void {
    const left = this.#bytes.length - this.#position;
    if (count * each > left) throw this.#error(at, `a claim of ${count} ${what} in ${byteCount(left)}`, 'a whole term');
    this.#count(at, count * each);
    // Only a check: each item counts itself when it is read.
    this.#terms -= count * each;
  }

  #count(at: number, terms: number): void {
    this.#terms += terms;
    if (this.#terms > this.#limits.maxTerms) {
      throw this.#error(
        at,
        `more than ${this.#limits.maxTerms} terms`,
        `at most ${this.#limits.maxTerms} in a message`,
      );
    }
  }

  #error(offset: number, found: string, allowed: string): TermError {
    return new TermError(offset, found, allowed, { compressed: this.#compressed });
  }
}
