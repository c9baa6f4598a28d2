import { readAddress } from '../addresses/canonical-address.js';
import type { Family } from '../addresses/family.js';

/** A list of addresses as rules have them: canonical, with their prefix length. */
export interface PeerAddresses {
  readonly list: readonly string[];
  /** The same from the last to the first. */
  readonly reversed: readonly string[];
  /** Elements that are not addresses of the family and were left out. */
  readonly dropped: readonly string[];
}

const known: Readonly<Record<Family, WeakMap<readonly string[], PeerAddresses>>> = {
  v4: new WeakMap(),
  v6: new WeakMap(),
};

/**
 * Makes the addresses of a list canonical, in its order. Lists are shared by many rules and groups and never change,
 * so each is read once.
 */
export function peerAddresses(addresses: readonly string[], family: Family): PeerAddresses {
  const found = known[family].get(addresses);
  if (found !== undefined) return found;
  const list: string[] = [];
  const dropped: string[] = [];
  for (const text of addresses) {
    const read = readAddress(text, family);
    if (read.ok) list.push(`${read.address}/${read.length}`);
    else dropped.push(text);
  }
  let reversed: readonly string[] | undefined;
  const made: PeerAddresses = {
    list,
    dropped,
    get reversed() {
      return (reversed ??= list.toReversed());
    },
  };
  known[family].set(addresses, made);
  return made;
}
