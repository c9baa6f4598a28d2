import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { OUTBOX_CLASSES } from '../broker/outbox-contract.js';
import type { JournalRecord } from '../broker/outbox-contract.js';

/*
 * A segment is a header of 16 bytes (magic, generation, CRC-32 of both) and records one after another:
 *
 *   0  4  marker "dogR"        16  8  first bytes of SHA-256 of the target
 *   4  1  type: 1 put, 2 done  24  4  length of the meta data (JSON)   28  4  length of the body
 *   5  3  zero                 32  4  CRC-32 of the meta data          36  4  CRC-32 of the body
 *   8  8  sequence number      40  4  CRC-32 of bytes 0 to 39
 *
 * Numbers are big-endian. The header has its own checksum, so that a damaged body or meta data costs that record alone,
 * and still says which target it was for.
 */

const MAGIC = Buffer.from('dogjrnl1');
const MARKER = Buffer.from('dogR');
export const SEGMENT_HEADER_BYTES = 16;
export const RECORD_HEADER_BYTES = 44;
/** Where the checksum of a record header stands: after all that it covers. */
const HEADER_CRC_AT = 40;
const MAX_META_BYTES = 65_536;
const MAX_BODY_BYTES = 1 << 30;

/** `put`: the newest message of a target. `done`: its record with this sequence number, or an older one, is not needed any more. */
export type RecordType = 'put' | 'done';

/** A record's fixed part. */
export interface RecordHeader {
  readonly type: RecordType;
  readonly seq: number;
  /** `targetKey` of the target. */
  readonly key: string;
  readonly metaBytes: number;
  readonly bodyBytes: number;
  readonly metaCrc: number;
  readonly bodyCrc: number;
}

/** A short name of a target that fits a record's fixed part. */
export function targetKey(target: string): string {
  return hash('sha256', target, 'hex').slice(0, 16);
}

/** The first bytes of a segment. */
export function encodeSegmentHeader(generation: number): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32BE(generation, 8);
  header.writeUInt32BE(crc32(header.subarray(0, 12)), 12);
  return header;
}

/** Are these bytes a sound segment header? */
export function isSegmentHeader(bytes: Buffer): boolean {
  return (
    bytes.length >= SEGMENT_HEADER_BYTES &&
    bytes.subarray(0, 8).equals(MAGIC) &&
    bytes.readUInt32BE(12) === crc32(bytes.subarray(0, 12))
  );
}

/** A put, as buffers to write one after another; the body is not copied. */
export function encodePut(record: JournalRecord): readonly Buffer[] {
  const { body, ...properties } = record.publication;
  const { target, class: kind, after, at } = record;
  const meta = Buffer.from(JSON.stringify({ target, class: kind, after, at, ...properties }));
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return [encodeHeader(1, record.seq, target, meta, bytes), meta, bytes];
}

/** A done, as one buffer. */
export function encodeDone(target: string, seq: number): readonly Buffer[] {
  const meta = Buffer.from(JSON.stringify({ target }));
  return [encodeHeader(2, seq, target, meta, Buffer.alloc(0)), meta];
}

/** The bytes that `encodePut` would give, roughly; for bounds. */
export function putBytes(record: JournalRecord): number {
  return RECORD_HEADER_BYTES + 256 + record.publication.body.byteLength;
}

function encodeHeader(type: 1 | 2, seq: number, target: string, meta: Buffer, body: Buffer): Buffer {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  MARKER.copy(header);
  header.writeUInt8(type, 4);
  header.writeBigUInt64BE(BigInt(seq), 8);
  header.write(targetKey(target), 16, 'hex');
  header.writeUInt32BE(meta.length, 24);
  header.writeUInt32BE(body.length, 28);
  header.writeUInt32BE(crc32(meta), 32);
  header.writeUInt32BE(crc32(body), 36);
  header.writeUInt32BE(crc32(header.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT);
  return header;
}

/** The header at the start of `bytes`, or undefined if it is not a sound one. */
export function decodeHeader(bytes: Buffer): RecordHeader | undefined {
  if (bytes.length < RECORD_HEADER_BYTES || !bytes.subarray(0, 4).equals(MARKER)) return undefined;
  if (bytes.readUInt32BE(HEADER_CRC_AT) !== crc32(bytes.subarray(0, HEADER_CRC_AT))) return undefined;
  const type = bytes.readUInt8(4);
  const header: RecordHeader = {
    type: type === 1 ? 'put' : 'done',
    seq: Number(bytes.readBigUInt64BE(8)),
    key: bytes.toString('hex', 16, 24),
    metaBytes: bytes.readUInt32BE(24),
    bodyBytes: bytes.readUInt32BE(28),
    metaCrc: bytes.readUInt32BE(32),
    bodyCrc: bytes.readUInt32BE(36),
  };
  const sane = (type === 1 || type === 2) && header.metaBytes <= MAX_META_BYTES && header.bodyBytes <= MAX_BODY_BYTES;
  return sane ? header : undefined;
}

/** Where the next record may begin, at or after `from`; -1 when nowhere in `bytes`. */
export function findMarker(bytes: Buffer, from: number): number {
  return bytes.indexOf(MARKER, from);
}

/** The target in a record's meta data, or undefined if they are damaged. */
export function decodeTarget(header: RecordHeader, meta: Buffer): string | undefined {
  const parsed = decodeMeta(header, meta);
  return typeof parsed?.target === 'string' ? parsed.target : undefined;
}

/** The record of a put, or undefined if its meta data are damaged. The body is checked by `isBody`. */
export function decodePut(header: RecordHeader, meta: Buffer, body: Buffer): JournalRecord | undefined {
  const parsed = decodeMeta(header, meta);
  const kind = OUTBOX_CLASSES.find((known) => known === parsed?.class);
  if (parsed === undefined || kind === undefined) return undefined;
  const text = (name: string): string => (typeof parsed[name] === 'string' ? parsed[name] : '');
  const optional = (name: string): Readonly<Record<string, string>> =>
    typeof parsed[name] === 'string' ? { [name]: parsed[name] } : {};
  return {
    seq: header.seq,
    target: text('target'),
    class: kind,
    after: Array.isArray(parsed.after) ? parsed.after.filter((name) => typeof name === 'string') : [],
    at: typeof parsed.at === 'number' ? parsed.at : 0,
    publication: {
      exchange: text('exchange'),
      routingKey: text('routingKey'),
      contentType: text('contentType'),
      persistent: parsed.persistent === true,
      ...(parsed.mandatory === true ? { mandatory: true } : {}),
      ...optional('replyTo'),
      ...optional('correlationId'),
      body,
    },
  };
}

/** Is the body the one that was written? */
export function isBody(header: RecordHeader, body: Buffer): boolean {
  return body.length === header.bodyBytes && crc32(body) === header.bodyCrc;
}

function decodeMeta(header: RecordHeader, meta: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (meta.length !== header.metaBytes || crc32(meta) !== header.metaCrc) return undefined;
  try {
    // The checksum says that we wrote it, so it is an object.
    return JSON.parse(meta.toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined; // not by us after all: as good as damaged
  }
}
