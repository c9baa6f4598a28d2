import * as tag from './tags.js';
import { charlist, type Term } from './term.js';

/** From so many bytes on the elements of a part are kept: less is made again as fast. */
const WORTH_KEEPING = 4096;

/** Elements by the bytes that they are of: kept as long as those, which are never changed. */
const elements = new WeakMap<Buffer, Buffer>();

/** Each byte as the element of a list: SMALL_INTEGER_EXT, then the byte. */
function elementsOf(bytes: Buffer): Buffer {
  const known = elements.get(bytes);
  if (known !== undefined) return known;
  // Two bytes at a time, in the order of this machine: byte by byte takes six times as long.
  const pairs = new Uint16Array(bytes.length);
  const [shift, first] = IS_LITTLE_ENDIAN ? [8, tag.SMALL_INTEGER] : [0, tag.SMALL_INTEGER << 8];
  for (let at = 0; at < bytes.length; at += 1) pairs[at] = first | ((bytes[at] as number) << shift);
  const made = Buffer.from(pairs.buffer);
  if (bytes.length >= WORTH_KEEPING) elements.set(bytes, made);
  return made;
}

/** Bytes whose elements are made between two pauses. */
const A_STEP = 1 << 17;

/** Makes the elements of all parts, with pauses, so that `longCharlist` and encoding it only copy them. */
export function* elementsInSteps(parts: readonly Buffer[]): Generator<void, void> {
  let bytes = 0;
  for (const part of parts) {
    if (elements.has(part)) continue;
    elementsOf(part);
    bytes += part.byteLength;
    if (bytes < A_STEP) continue;
    bytes = 0;
    yield;
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Longer charlists take two bytes per element, as in `encodeTerm`. */
const MAX_STRING = 65_535;

/**
 * What `charlist` is of all these bytes together, where most of the parts were in another charlist before. The parts must
 * not be changed afterwards.
 */
export function longCharlist(parts: readonly Buffer[]): Term {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (length <= MAX_STRING) return charlist(Buffer.concat(parts));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, head.writeUInt8(tag.LIST, 0));
  return { kind: 'opaque', tag: tag.LIST, bytes: head, rest: [...parts.map(elementsOf), Buffer.of(tag.NIL_TAG)] };
}
