import * as tag from '../tags.js';
import type { NameTable } from './name-table.js';

/** Thrown where a message is not plain; made once, since it says nothing. */
export const NOT_PLAIN = new Error('not a plain message');

/** Tuples of an envelope: how deep, and how many elements. */
const [DEEPEST, WIDEST] = [3, 4];
/** Of an envelope, the name of a node among them. */
const LONGEST_ATOM = 64;
const [TAB, LINE_FEED, CARRIAGE_RETURN, BLANK, TILDE] = [9, 10, 13, 32, 126];

/** Reads what plain messages are made of, at a moving position. Every method throws `NOT_PLAIN` where something else stands. */
export class PlainBytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** One byte. */
  next(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw NOT_PLAIN;
    this.#at += 1;
    return byte;
  }

  expect(byte: number): void {
    if (this.next() !== byte) throw NOT_PLAIN;
  }

  /** The bytes end here. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw NOT_PLAIN;
  }

  /** All that has not been read yet. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** Four bytes that count something. */
  count(least: number, most: number): number {
    const count = this.#u32();
    if (count < least || count > most) throw NOT_PLAIN;
    return count;
  }

  /** A short atom of ASCII: which of `names` it is. */
  atom<Value>(names: NameTable<Value>): Value | undefined {
    const length = this.#atomLength(this.next());
    return names.at(this.#bytes, this.#ascii(length), length);
  }

  /** A binary, behind its tag: which of `names` it is. */
  name<Value>(names: NameTable<Value>): Value | undefined {
    const length = this.#u32();
    const from = this.#take(length);
    return names.at(this.#bytes, from, length);
  }

  /** A binary of printable ASCII, behind its tag; unless it is of one line, tabs and line ends count as printable. */
  text(most: number, oneLine: boolean): string {
    const from = this.#take(this.count(0, most));
    const bytes = this.#bytes;
    for (let at = from; at < this.#at; at += 1) {
      const byte = bytes[at] as number;
      if (byte >= BLANK && byte <= TILDE) continue;
      if (oneLine || (byte !== TAB && byte !== LINE_FEED && byte !== CARRIAGE_RETURN)) throw NOT_PLAIN;
    }
    return from === this.#at ? '' : bytes.toString('latin1', from, this.#at);
  }

  /** Over one integer, atom, pid, or tuple of such. */
  skip(depth = 0): void {
    const found = this.next();
    switch (found) {
      case tag.SMALL_INTEGER:
        this.#take(1);
        return;
      case tag.INTEGER:
        this.#take(4);
        return;
      case tag.SMALL_TUPLE: {
        const arity = this.next();
        if (depth >= DEEPEST || arity > WIDEST) throw NOT_PLAIN;
        for (let i = 0; i < arity; i += 1) this.skip(depth + 1);
        return;
      }
      case tag.NEW_PID:
      case tag.PID:
        this.#ascii(this.#atomLength(this.next()));
        this.#take(found === tag.PID ? 9 : 12);
        return;
      default:
        this.#ascii(this.#atomLength(found));
    }
  }

  #atomLength(found: number): number {
    switch (found) {
      case tag.SMALL_ATOM:
      case tag.SMALL_ATOM_UTF8:
        return this.next();
      case tag.ATOM:
      case tag.ATOM_UTF8:
        return this.next() * 256 + this.next();
      default:
        throw NOT_PLAIN;
    }
  }

  /** Where so many bytes of ASCII begin, if they are not too many; the position is behind them. */
  #ascii(length: number): number {
    if (length > LONGEST_ATOM) throw NOT_PLAIN;
    const from = this.#take(length);
    for (let at = from; at < this.#at; at += 1) if ((this.#bytes[at] as number) > TILDE) throw NOT_PLAIN;
    return from;
  }

  /** Where so many bytes begin; the position is behind them. */
  #take(length: number): number {
    const from = this.#at;
    if (from + length > this.#bytes.length) throw NOT_PLAIN;
    this.#at = from + length;
    return from;
  }

  #u32(): number {
    const from = this.#take(4);
    const bytes = this.#bytes;
    return (
      (bytes[from] as number) * 0x1000000 +
      (bytes[from + 1] as number) * 0x10000 +
      (bytes[from + 2] as number) * 0x100 +
      (bytes[from + 3] as number)
    );
  }
}
