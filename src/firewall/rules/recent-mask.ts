import { readAddress } from '../addresses/canonical-address.js';
import type { Family } from '../addresses/family.js';

/** The mask of a RECENT rule, and the family it is for. */
export interface RecentMask {
  readonly family: Family;
  readonly mask: string;
}

/** Reads a mask: an address of either family, without a prefix length. */
export function readRecentMask(text: string): RecentMask | undefined {
  if (text.includes('/')) return undefined;
  for (const family of ['v4', 'v6'] as const) {
    const read = readAddress(text, family);
    if (read.ok) return { family, mask: read.address };
  }
  return undefined;
}
