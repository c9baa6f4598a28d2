import { readFileSync } from 'node:fs';

/**
 * What SQLite does not report: whether its recovery is about to drop something from the write-ahead log. Format:
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log and https://www.sqlite.org/walformat.html (wal-index).
 */
export interface WalFinding {
  /** One sentence for the operator. */
  readonly message: string;
  /** Whether answered commits may be among what is lost; false for the unfinished write of a process that was killed. */
  readonly loss: boolean;
}

const HEADER = 32;
const FRAME_HEADER = 24;

/** Looks at the log before SQLite recovers it. `undefined`: there is none, or it is whole. */
export function scanWal(path: string): WalFinding | undefined {
  const wal = readIfThere(`${path}-wal`);
  if (wal === undefined || wal.length === 0) return undefined;
  const header = readHeader(wal);
  if (header === undefined) {
    return { message: `the header of ${path}-wal is damaged; everything in it is dropped`, loss: true };
  }
  const found = readFrames(wal, header);
  const promised = committedFrames(path, wal);
  if (promised !== undefined && promised > found.committed) {
    const lost = `${promised - found.committed} of ${promised} frames of committed data are missing or damaged`;
    return { message: `${path}-wal: ${lost}; it is used up to the last whole commit before them`, loss: true };
  }
  if (found.damaged > 0) {
    const dropped = `frame ${found.valid + 1} and ${found.damaged - 1} after it do not match their check sums`;
    // One commit that was being written when the power went is no loss: it was never answered.
    return { message: `${path}-wal: ${dropped} and are dropped`, loss: promised === undefined && found.commits > 1 };
  }
  if (found.tail || found.valid > found.committed) {
    return { message: `${path}-wal: a write that was never finished is dropped`, loss: false };
  }
  return undefined;
}

interface WalHeader {
  readonly pageSize: number;
  readonly littleEndianSums: boolean;
  readonly salt: Buffer;
  readonly sums: Sums;
}

interface Sums {
  readonly a: number;
  readonly b: number;
}

function readHeader(wal: Buffer): WalHeader | undefined {
  if (wal.length < HEADER) return undefined;
  const magic = wal.readUInt32BE(0);
  const pageSize = wal.readUInt32BE(8);
  if ((magic & ~1) !== 0x377f0682 || pageSize < 512 || pageSize > 65_536) return undefined;
  const littleEndianSums = (magic & 1) === 0;
  const sums = checkSums({ a: 0, b: 0 }, wal, 0, 24, littleEndianSums);
  if (sums.a !== wal.readUInt32BE(24) || sums.b !== wal.readUInt32BE(28)) return undefined;
  return { pageSize, littleEndianSums, salt: wal.subarray(16, 24), sums };
}

interface Frames {
  /** Frames in an unbroken chain of check sums from the start. */
  readonly valid: number;
  /** Of those, up to the last one that ends a commit. */
  readonly committed: number;
  /** Frames after the chain that belong to this generation of the log all the same. */
  readonly damaged: number;
  /** How many of the damaged end a commit. */
  readonly commits: number;
  /** The file ends in the middle of a frame of this generation. */
  readonly tail: boolean;
}

function readFrames(wal: Buffer, { pageSize, littleEndianSums, salt, sums: start }: WalHeader): Frames {
  const size = FRAME_HEADER + pageSize;
  const whole = Math.floor((wal.length - HEADER) / size);
  let [valid, committed, damaged, commits] = [0, 0, 0, 0];
  let sums = start;
  let broken = false;
  for (let frame = 0; frame < whole; frame++) {
    const at = HEADER + frame * size;
    // The log is used again from the start after a checkpoint; what an older generation left has another salt in
    // both halves. One half alone is a damaged frame of this generation.
    const mine = wal.compare(salt, 0, 4, at + 8, at + 12) === 0 || wal.compare(salt, 4, 8, at + 12, at + 16) === 0;
    const ends = wal.readUInt32BE(at + 4) !== 0;
    if (!broken) {
      const next = checkSums(
        checkSums(sums, wal, at, at + 8, littleEndianSums),
        wal,
        at + FRAME_HEADER,
        at + size,
        littleEndianSums,
      );
      const whole = next.a === wal.readUInt32BE(at + 16) && next.b === wal.readUInt32BE(at + 20);
      if (whole && wal.compare(salt, 0, 8, at + 8, at + 16) === 0) {
        sums = next;
        valid = frame + 1;
        if (ends) committed = frame + 1;
        continue;
      }
      broken = true;
    }
    if (mine) {
      damaged += 1;
      if (ends) commits += 1;
    }
  }
  const rest = HEADER + whole * size;
  const tail = !broken && wal.length >= rest + 16 && wal.compare(salt, 0, 8, rest + 8, rest + 16) === 0;
  return { valid, committed, damaged, commits, tail };
}

/** How many frames the wal-index of the last process counted as committed, if it is of this generation of the log. */
function committedFrames(path: string, wal: Buffer): number | undefined {
  const index = readIfThere(`${path}-shm`);
  if (index === undefined || index.length < 48 || index.compare(wal, 16, 24, 32, 40) !== 0) return undefined;
  return index.readUInt32LE(16);
}

function checkSums({ a, b }: Sums, data: Buffer, from: number, to: number, littleEndian: boolean): Sums {
  for (let at = from; at < to; at += 8) {
    a = (a + (littleEndian ? data.readUInt32LE(at) : data.readUInt32BE(at)) + b) >>> 0;
    b = (b + (littleEndian ? data.readUInt32LE(at + 4) : data.readUInt32BE(at + 4)) + a) >>> 0;
  }
  return { a, b };
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
