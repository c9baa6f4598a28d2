import { createHash, type Hash } from 'node:crypto';

/** Bytes that are hashed between two pauses, and between two states that are kept. */
const A_STEP = 1 << 17;

/** Where hashing can begin again: behind so many segments. */
interface Mark {
  readonly segments: number;
  readonly state: Hash;
}

/**
 * SHA-256 of segments one after the other, again and again: as many segments as are the same buffers as the last time,
 * from the first on, are not hashed again. Buffers must not be changed in place; a segment counts as another when it is
 * another buffer, so that nothing kept here can be stale.
 */
export class SegmentDigest {
  #segments: readonly Buffer[] = [];
  #marks: readonly Mark[] = [];

  /** 64 lower-case hex digits, with pauses. */
  *of(segments: readonly Buffer[]): Generator<void, string> {
    const before = this.#segments;
    let same = 0;
    while (same < segments.length && segments[same] === before[same]) same += 1;
    const marks = this.#marks.filter((mark) => mark.segments <= same);
    const from = marks.at(-1);
    const hash = from === undefined ? createHash('sha256') : from.state.copy();
    let bytes = 0;
    for (let at = from?.segments ?? 0; at < segments.length; at += 1) {
      const segment = segments[at] as Buffer;
      hash.update(segment);
      bytes += segment.byteLength;
      if (bytes < A_STEP) continue;
      bytes = 0;
      marks.push({ segments: at + 1, state: hash.copy() });
      yield;
    }
    this.#segments = segments;
    this.#marks = marks;
    return hash.digest('hex');
  }
}
