import { type AddressSet, addressSetInSteps } from '../analysis/index.js';
import type { Family } from '../firewall/addresses/family.js';

const listsRead = new WeakMap<readonly string[], AddressSet>();

/** A set's list of addresses as a set that can be compared; lists never change, so each is read once. */
export function* listedSet(family: Family, addresses: readonly string[]): Generator<void, AddressSet> {
  const known = listsRead.get(addresses);
  if (known !== undefined) return known;
  const set = yield* addressSetInSteps(family, addresses);
  listsRead.set(addresses, set);
  return set;
}
