import { open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSegmentHeader } from './journal-format.js';

const NAME = /^journal-(\d{10})\.log$/;
/** Of segments put aside, the newest few are kept for people to look at. */
const KEPT_ASIDE = 3;
/** Bytes of records that are written at a time; one record may be larger. */
const LOT_BYTES = 4 << 20;

/** A segment in the directory. */
export interface SegmentFile {
  readonly generation: number;
  readonly path: string;
}

/** The segments, oldest first; after a crash there may be two. */
export async function listSegments(directory: string): Promise<readonly SegmentFile[]> {
  const names = await readdir(directory);
  return names
    .flatMap((name) => {
      const match = NAME.exec(name);
      return match === null ? [] : [{ generation: Number(match[1]), path: join(directory, name) }];
    })
    .sort((a, b) => a.generation - b.generation);
}

/**
 * Makes a segment that holds `parts` and gives it its name when all of it is on disk, so that there is never half a one.
 * @returns the open file and its length
 */
export async function createSegment(
  directory: string,
  generation: number,
  parts: Iterable<readonly Buffer[]>,
): Promise<{ readonly file: FileHandle; readonly path: string; readonly length: number }> {
  const path = join(directory, `journal-${String(generation).padStart(10, '0')}.log`);
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    let length = 0;
    for (const buffers of inLots([encodeSegmentHeader(generation)], parts))
      length += await writeAll(file, buffers, length);
    await file.datasync();
    await rename(temporary, path);
    await syncDirectory(directory);
    return { file, path, length };
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

/** `first`, then the parts, put together to so many bytes that few writes take them: each costs a turn of a busy loop. */
function* inLots(first: readonly Buffer[], parts: Iterable<readonly Buffer[]>): Generator<readonly Buffer[]> {
  let lot = [...first];
  let bytes = 0;
  for (const part of parts) {
    lot.push(...part);
    bytes += part.reduce((sum, buffer) => sum + buffer.length, 0);
    if (bytes < LOT_BYTES) continue;
    yield lot;
    lot = [];
    bytes = 0;
  }
  yield lot;
}

/** Writes buffers at a place, all of them. @returns the bytes written */
export async function writeAll(file: FileHandle, buffers: readonly Buffer[], position: number): Promise<number> {
  const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  let rest = buffers.filter((buffer) => buffer.length > 0);
  let at = position;
  while (rest.length > 0) {
    // The kernel takes at most 1,024 buffers in one call (IOV_MAX).
    const { bytesWritten } = await file.writev(rest.slice(0, 1024), at);
    at += bytesWritten;
    let skip = bytesWritten;
    while (rest[0] !== undefined && skip >= rest[0].length) {
      skip -= rest[0].length;
      rest = rest.slice(1);
    }
    if (skip > 0 && rest[0] !== undefined) rest = [rest[0].subarray(skip), ...rest.slice(1)];
  }
  return total;
}

/** Removes what compactions before a crash left unfinished. */
export async function removeTemporary(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^journal-\d{10}\.log\.tmp$/.test(name)) await rm(join(directory, name), { force: true });
  }
}

/**
 * Puts a segment aside as `<why>-<name>`, and removes the oldest that were put aside before.
 * @returns its new path
 */
export async function putAside(directory: string, segment: SegmentFile, why: 'damaged' | 'unread'): Promise<string> {
  const path = join(directory, `${why}-${String(segment.generation).padStart(10, '0')}.log`);
  await rename(segment.path, path);
  const aside = (await readdir(directory)).filter((name) => /^(damaged|unread)-\d{10}\.log$/.test(name));
  const byAge = aside.sort((a, b) => a.slice(-14).localeCompare(b.slice(-14)));
  for (const name of byAge.slice(0, -KEPT_ASIDE)) await rm(join(directory, name), { force: true });
  return path;
}

/** A new name is on disk only when its directory is. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
