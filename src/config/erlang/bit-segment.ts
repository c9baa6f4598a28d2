import type { BitWriter } from './bit-writer.js';
import type { ExactTerm } from './exact-term.js';
import { floatBytes } from './float-bytes.js';

/** The parts after the slash of a segment: `little-signed-integer-unit:8`. */
export interface SegmentTypes {
  type?: 'integer' | 'float' | 'binary' | 'bitstring' | 'utf8' | 'utf16' | 'utf32';
  endian?: 'big' | 'little';
  sign?: 'signed' | 'unsigned';
  unit?: number;
}

const NAMES: ReadonlyMap<string, SegmentTypes> = new Map<string, SegmentTypes>([
  ['integer', { type: 'integer' }],
  ['float', { type: 'float' }],
  ['binary', { type: 'binary' }],
  ['bytes', { type: 'binary' }],
  ['bitstring', { type: 'bitstring' }],
  ['bits', { type: 'bitstring' }],
  ['utf8', { type: 'utf8' }],
  ['utf16', { type: 'utf16' }],
  ['utf32', { type: 'utf32' }],
  ['big', { endian: 'big' }],
  ['little', { endian: 'little' }],
  // That of the machines it runs on.
  ['native', { endian: 'little' }],
  ['signed', { sign: 'signed' }],
  ['unsigned', { sign: 'unsigned' }],
]);

/** Adds one part; `false` when there is no such part, or another of its kind stands there already. */
export function addSegmentType(types: SegmentTypes, name: string, unit: number | undefined): boolean {
  const added =
    unit === undefined ? NAMES.get(name) : name === 'unit' && unit > 0 && unit <= 256 ? { unit } : undefined;
  if (added === undefined) return false;
  for (const key of Object.keys(added) as (keyof SegmentTypes)[]) {
    if (types[key] !== undefined && types[key] !== added[key]) return false;
  }
  Object.assign(types, added);
  return true;
}

const MOST_BITS = 8 * 1024 * 1024;

/** Writes one segment of a binary. @returns what would be right, when Erlang would not take it. */
export function writeSegment(
  out: BitWriter,
  value: ExactTerm,
  size: number | undefined,
  types: SegmentTypes,
): string | undefined {
  if (value.kind !== 'string') return writeOne(out, value, size, types);
  for (const character of value.text) {
    const code: ExactTerm = { kind: 'integer', value: BigInt(character.codePointAt(0) ?? 0) };
    const wanted = writeOne(out, code, size, types);
    if (wanted !== undefined) return wanted;
  }
  return types.type === 'binary' || types.type === 'bitstring' ? 'a binary before /binary' : undefined;
}

function writeOne(out: BitWriter, value: ExactTerm, size: number | undefined, types: SegmentTypes): string | undefined {
  const little = types.endian === 'little';
  switch (types.type ?? 'integer') {
    case 'integer': {
      if (size === undefined && types.unit !== undefined) return 'a size before the unit of an integer';
      if (value.kind !== 'integer') return 'an integer or a string in a binary without a type';
      const bits = (size ?? 8) * (types.unit ?? 1);
      if (!hasRoom(out, bits)) return tooLarge;
      out.putInteger(value.value, bits, little);
      return undefined;
    }
    case 'float': {
      if (size === undefined && types.unit !== undefined) return 'a size before the unit of a float';
      if (value.kind !== 'integer' && value.kind !== 'float') return 'a number before /float';
      const bits = (size ?? 64) * (types.unit ?? 1);
      if (bits !== 16 && bits !== 32 && bits !== 64) return 'a float of 16, 32 or 64 bits';
      const number = Number(value.value);
      if (!Number.isFinite(number)) return 'a number that a float can hold';
      const bytes = floatBytes(number, bits);
      out.putBits(little ? bytes.reverse() : bytes, bits);
      return undefined;
    }
    case 'binary':
    case 'bitstring': {
      if (value.kind !== 'bits') return `a binary before /${types.type}`;
      const unit = types.unit ?? (types.type === 'binary' ? 8 : 1);
      const bits = size === undefined ? value.size : size * unit;
      if (bits > value.size) return 'a size that the binary has';
      if (size === undefined && bits % unit !== 0) return `a binary of a multiple of ${unit} bits`;
      if (!hasRoom(out, bits)) return tooLarge;
      out.putBits(value.bytes, bits);
      return undefined;
    }
    case 'utf8':
    case 'utf16':
    case 'utf32': {
      if (size !== undefined || types.unit !== undefined) return `no size with /${types.type}`;
      const code = value.kind === 'integer' ? value.value : -1n;
      if (code < 0n || code > 0x10ffffn || (code >= 0xd800n && code <= 0xdfffn)) {
        return `the code of a character before /${types.type}`;
      }
      const bytes = encoded(Number(code), types.type, little);
      if (!hasRoom(out, bytes.length * 8)) return tooLarge;
      out.putBits(bytes, bytes.length * 8);
      return undefined;
    }
  }
}

const tooLarge = `a binary of at most ${MOST_BITS / 8} bytes`;
function hasRoom(out: BitWriter, bits: number) {
  return out.size + bits <= MOST_BITS;
}

function encoded(code: number, type: string | undefined, little: boolean): Uint8Array {
  if (type === 'utf8') return Buffer.from(String.fromCodePoint(code), 'utf8');
  if (type === 'utf16') {
    const bytes = Buffer.from(String.fromCodePoint(code), 'utf16le');
    return little ? bytes : bytes.swap16();
  }
  const bytes = Buffer.alloc(4);
  if (little) bytes.writeUInt32LE(code);
  else bytes.writeUInt32BE(code);
  return bytes;
}
