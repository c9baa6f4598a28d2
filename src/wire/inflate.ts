import { inflateSync } from 'node:zlib';
import type { DecodeLimits } from './decode-limits.js';
import { TermError } from './term-error.js';

/** Where the zlib stream begins: after 131, 80 and the 4-byte size. */
const STREAM_START = 6;

/**
 * The bytes of a compressed term (131, 80, u32 size of the inflated bytes, zlib stream), without a version byte.
 * Inflating stops at the size that the message claims, and that is bounded first, so a zip bomb costs no more than it
 * claims.
 */
export function inflateTerm(buffer: Buffer, limits: DecodeLimits): Buffer {
  if (buffer.length < STREAM_START) {
    throw new TermError(2, `${buffer.length - 2} of the 4 bytes of the inflated size`, 'a whole compressed term');
  }
  const size = buffer.readUInt32BE(2);
  if (size > limits.maxInflatedBytes) {
    throw new TermError(2, `an inflated size of ${size} bytes`, `at most ${limits.maxInflatedBytes}`);
  }
  const inflated = inflateAtMost(buffer.subarray(STREAM_START), size);
  if (inflated.length !== size) {
    throw new TermError(2, `a claim of ${size} inflated bytes where there are ${inflated.length}`, 'the true size');
  }
  return inflated;
}

function inflateAtMost(stream: Buffer, size: number): Buffer {
  try {
    return inflateSync(stream, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    const tooLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge
      ? new TermError(2, `more inflated bytes than the ${size} that are claimed`, 'the true size', { cause })
      : new TermError(STREAM_START, 'a broken zlib stream', 'a whole zlib stream', { cause });
  }
}
