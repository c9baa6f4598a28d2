import { open } from 'node:fs/promises';
import type { JournalRecord } from '../broker/outbox-contract.js';
import {
  RECORD_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  decodeHeader,
  decodePut,
  decodeTarget,
  findMarker,
  isBody,
  isSegmentHeader,
} from './journal-format.js';
import type { RecordHeader } from './journal-format.js';
import { WindowedFile } from './windowed-file.js';

/** What a segment holds, in order. */
export type SegmentItem =
  | { readonly kind: 'put'; readonly record: JournalRecord; readonly offset: number; readonly bytes: number }
  | { readonly kind: 'done'; readonly target: string; readonly seq: number; readonly offset: number }
  /** A record whose target is known by name, or at least by key, but whose rest can't be trusted. */
  | { readonly kind: 'damaged'; readonly header: RecordHeader; readonly target?: string; readonly offset: number }
  /** Bytes that tell nothing, up to the next sound record. */
  | { readonly kind: 'unreadable'; readonly offset: number; readonly bytes: number }
  /** The file ends within a record, as after a crash while it was written. */
  | { readonly kind: 'torn'; readonly offset: number; readonly bytes: number };

const SCAN_BYTES = 1 << 20;

/** Reads a segment from its start to its end, whatever it holds. @throws Error from the file system */
export async function* readSegment(path: string): AsyncGenerator<SegmentItem> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const file = new WindowedFile(handle);
    let offset = 0;
    const start = await file.read(0, SEGMENT_HEADER_BYTES);
    if (isSegmentHeader(start)) offset = SEGMENT_HEADER_BYTES;
    while (offset < size) {
      const item = await readRecord(file, offset, size);
      if (item === undefined) {
        const next = await findRecord(file, offset + 1, size);
        if (next === undefined) {
          yield { kind: 'torn', offset, bytes: size - offset };
          return;
        }
        yield { kind: 'unreadable', offset, bytes: next - offset };
        offset = next;
      } else {
        yield item.item;
        offset += item.bytes;
      }
    }
  } finally {
    await handle.close();
  }
}

/** The record at `offset`; undefined when there is no sound header. */
async function readRecord(
  file: WindowedFile,
  offset: number,
  size: number,
): Promise<{ item: SegmentItem; bytes: number } | undefined> {
  const header = decodeHeader(await file.read(offset, RECORD_HEADER_BYTES));
  if (header === undefined) return undefined;
  const bytes = RECORD_HEADER_BYTES + header.metaBytes + header.bodyBytes;
  if (offset + bytes > size) return { item: { kind: 'torn', offset, bytes: size - offset }, bytes: size - offset };
  const meta = await file.read(offset + RECORD_HEADER_BYTES, header.metaBytes);
  const target = decodeTarget(header, meta);
  const body = await file.read(offset + RECORD_HEADER_BYTES + header.metaBytes, header.bodyBytes);
  const last = offset + bytes === size;
  if (target === undefined || !isBody(header, body)) {
    // The file grew but not all of its content was written: a torn tail too.
    if (last) return { item: { kind: 'torn', offset, bytes }, bytes };
    return { item: { kind: 'damaged', header, offset, ...(target === undefined ? {} : { target }) }, bytes };
  }
  if (header.type === 'done') return { item: { kind: 'done', target, seq: header.seq, offset }, bytes };
  const record = decodePut(header, meta, body);
  if (record === undefined) return { item: { kind: 'damaged', header, target, offset }, bytes };
  return { item: { kind: 'put', record, offset, bytes }, bytes };
}

/** The offset of the next sound header at or after `from`. */
async function findRecord(file: WindowedFile, from: number, size: number): Promise<number | undefined> {
  for (let base = from; base < size; base += SCAN_BYTES) {
    // A marker may begin in this block and its header end in the next.
    const block = await file.read(base, SCAN_BYTES + RECORD_HEADER_BYTES);
    for (let at = findMarker(block, 0); at >= 0 && at < SCAN_BYTES; at = findMarker(block, at + 1)) {
      if (decodeHeader(block.subarray(at)) !== undefined) return base + at;
    }
  }
  return undefined;
}
