import * as tag from './tags.js';
import type { Term } from './term.js';

/** Longest charlist that Erlang writes as STRING_EXT; longer ones take two bytes per element. */
const MAX_STRING = 65_535;

/**
 * Encodes a canonical term (see `Term`) as OTP 25 and later do with `minor_version` 2: atoms as 119 (118 when over
 * 255 bytes), floats as 70, pids as 88, charlists as 107 or, from 64 kB, 108. Map pairs go in the order given.
 * @throws RangeError when an atom is over 65,535 bytes or a count over 32 bits.
 */
export function encodeTerm(term: Term): Buffer {
  const out = Buffer.allocUnsafe(1 + encodedSize(term));
  out[0] = tag.VERSION;
  write(out, 1, term);
  return out;
}

function encodedSize(term: Term): number {
  switch (term.kind) {
    case 'nil':
      return 1;
    case 'integer':
      return integerSize(term.value);
    case 'float':
      return 9;
    case 'atom':
      return atomSize(term.name);
    case 'binary':
      return 5 + term.bytes.length;
    case 'charlist':
      return term.bytes.length <= MAX_STRING ? 3 + term.bytes.length : 5 + 2 * term.bytes.length + 1;
    case 'list':
      return 5 + sizeOfAll(term.elements) + (term.tail === undefined ? 1 : encodedSize(term.tail));
    case 'tuple':
      return (term.elements.length < 256 ? 2 : 5) + sizeOfAll(term.elements);
    case 'map':
      return term.entries.reduce((sum, [key, value]) => sum + encodedSize(key) + encodedSize(value), 5);
    case 'pid':
      return 1 + atomSize(term.node) + 12;
    case 'opaque':
      return (term.rest ?? []).reduce((sum, { length }) => sum + length, term.bytes.length);
  }
}

function sizeOfAll(terms: readonly Term[]): number {
  let sum = 0;
  for (const term of terms) sum += encodedSize(term);
  return sum;
}

function write(out: Buffer, at: number, term: Term): number {
  switch (term.kind) {
    case 'nil':
      return out.writeUInt8(tag.NIL_TAG, at);
    case 'integer':
      return writeInteger(out, at, term.value);
    case 'float':
      return out.writeDoubleBE(term.value, out.writeUInt8(tag.NEW_FLOAT, at));
    case 'atom':
      return writeAtom(out, at, term.name);
    case 'binary':
      return writeBytes(out, out.writeUInt32BE(term.bytes.length, out.writeUInt8(tag.BINARY, at)), term.bytes);
    case 'charlist':
      return writeCharlist(out, at, term.bytes);
    case 'list': {
      const first = out.writeUInt32BE(term.elements.length, out.writeUInt8(tag.LIST, at));
      const end = writeAll(out, first, term.elements);
      return term.tail === undefined ? out.writeUInt8(tag.NIL_TAG, end) : write(out, end, term.tail);
    }
    case 'tuple': {
      const arity = term.elements.length;
      const first =
        arity < 256
          ? out.writeUInt8(arity, out.writeUInt8(tag.SMALL_TUPLE, at))
          : out.writeUInt32BE(arity, out.writeUInt8(tag.LARGE_TUPLE, at));
      return writeAll(out, first, term.elements);
    }
    case 'map': {
      let end = out.writeUInt32BE(term.entries.length, out.writeUInt8(tag.MAP, at));
      for (const [key, value] of term.entries) end = write(out, write(out, end, key), value);
      return end;
    }
    case 'pid': {
      let end = writeAtom(out, out.writeUInt8(tag.NEW_PID, at), term.node);
      for (const word of [term.id, term.serial, term.creation]) end = out.writeUInt32BE(word, end);
      return end;
    }
    case 'opaque':
      return (term.rest ?? []).reduce((end, bytes) => writeBytes(out, end, bytes), writeBytes(out, at, term.bytes));
  }
}

function writeAll(out: Buffer, at: number, terms: readonly Term[]): number {
  let end = at;
  for (const term of terms) end = write(out, end, term);
  return end;
}

function writeBytes(out: Buffer, at: number, bytes: Buffer): number {
  return at + bytes.copy(out, at);
}

/** Rulesets and sets of megabytes go through here: bytes are written directly, without an object per element. */
function writeCharlist(out: Buffer, at: number, bytes: Buffer): number {
  if (bytes.length <= MAX_STRING) {
    return writeBytes(out, out.writeUInt16BE(bytes.length, out.writeUInt8(tag.STRING, at)), bytes);
  }
  let end = out.writeUInt32BE(bytes.length, out.writeUInt8(tag.LIST, at));
  for (let i = 0; i < bytes.length; i++) {
    out[end++] = tag.SMALL_INTEGER;
    out[end++] = bytes[i] as number;
  }
  return out.writeUInt8(tag.NIL_TAG, end);
}

function atomSize(name: string): number {
  const length = Buffer.byteLength(name, 'utf8');
  if (length > 0xffff) throw new RangeError(`an atom of ${length} bytes can't be encoded: at most 65,535`);
  return (length < 256 ? 2 : 3) + length;
}

function writeAtom(out: Buffer, at: number, name: string): number {
  const length = Buffer.byteLength(name, 'utf8');
  const start =
    length < 256
      ? out.writeUInt8(length, out.writeUInt8(tag.SMALL_ATOM_UTF8, at))
      : out.writeUInt16BE(length, out.writeUInt8(tag.ATOM_UTF8, at));
  return start + out.write(name, start, 'utf8');
}

function isInt32(value: number | bigint): boolean {
  return value >= -0x80000000 && value <= 0x7fffffff;
}

function bigDigits(value: number | bigint): Buffer {
  const magnitude = BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
  const hex = magnitude.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').reverse();
}

function integerSize(value: number | bigint): number {
  if (value >= 0 && value <= 255) return 2;
  if (isInt32(value)) return 5;
  const { length } = bigDigits(value);
  return (length < 256 ? 3 : 6) + length;
}

function writeInteger(out: Buffer, at: number, value: number | bigint): number {
  if (value >= 0 && value <= 255) return out.writeUInt8(Number(value), out.writeUInt8(tag.SMALL_INTEGER, at));
  if (isInt32(value)) return out.writeInt32BE(Number(value), out.writeUInt8(tag.INTEGER, at));
  const digits = bigDigits(value);
  const signAt =
    digits.length < 256
      ? out.writeUInt8(digits.length, out.writeUInt8(tag.SMALL_BIG, at))
      : out.writeUInt32BE(digits.length, out.writeUInt8(tag.LARGE_BIG, at));
  return writeBytes(out, out.writeUInt8(value < 0 ? 1 : 0, signAt), digits);
}
