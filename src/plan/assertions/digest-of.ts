import { createHash } from 'node:crypto';
import type { AddressSet } from '../../analysis/index.js';

const digests = new WeakMap<AddressSet, string>();

/** Bounds between two pauses: about a millisecond. */
const A_STEP = 8192;

/** Equal for equal addresses of one family; a large set takes some milliseconds, with pauses. */
export function* digestOf(set: AddressSet): Generator<void, string> {
  const known = digests.get(set);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(set.family);
  const { bounds } = set;
  for (let at = 0; at < bounds.length; at += A_STEP) {
    if (at > 0) yield;
    const part = bounds.slice(at, at + A_STEP);
    hash.update(
      set.family === 'v4' ? Float64Array.from(part as readonly number[]) : unitsOf(part as readonly string[]),
    );
  }
  const digest = hash.digest('base64');
  digests.set(set, digest);
  return digest;
}

/** Points of IPv6 are strings of UTF-16 units, whatever they are: UTF-8 would lose those that are half a pair. */
function unitsOf(points: readonly string[]): Uint16Array {
  const units = new Uint16Array(points.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const point of points) {
    for (let at = 0; at < point.length; at += 1) units[place + at] = point.charCodeAt(at);
    place += point.length;
  }
  return units;
}
