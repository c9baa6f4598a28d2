import type { Range } from './ruleset.js';

/** Ports, and ICMP types with their codes (type * 256 + code), both have 16 bits. */
export const MOST = 65_535;
export const ALL_RANGES: readonly Range[] = [[0, MOST]];

/** Sorts and joins ranges that overlap or touch. */
export function joinRanges(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = [];
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) {
      joined[joined.length - 1] = [before[0], Math.max(before[1], last)];
    } else joined.push([first, last]);
  }
  return joined;
}

/** What sorted, joined ranges leave out. */
export function otherRanges(ranges: readonly Range[]): readonly Range[] {
  const others: Range[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) others.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= MOST) others.push([next, MOST]);
  return others;
}

/** What two lists of sorted ranges have in common; null is everything. */
export function commonRanges(a: readonly Range[] | null, b: readonly Range[] | null): readonly Range[] | null {
  if (a === null || b === null) return a ?? b;
  const common: Range[] = [];
  for (const [first, last] of a) {
    for (const [from, to] of b) {
      if (from <= last && to >= first) common.push([Math.max(first, from), Math.min(last, to)]);
    }
  }
  return common;
}

export function inRanges(ranges: readonly Range[], value: number): boolean {
  for (const [first, last] of ranges) if (value >= first && value <= last) return true;
  return false;
}

/** `22,8000:8100` */
export function rangesText(ranges: readonly Range[]): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}:${last}`)).join(',');
}
