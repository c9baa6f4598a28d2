import { type AddressSet, addressSet, type ByFamily } from '../analysis/index.js';
import type { Dialect } from '../firewall/dialect.js';
import { hostAddresses } from '../firewall/policy/host-addresses.js';
import type { InterfaceAddresses } from '../firewall/addresses/interface-addresses.js';
import type { Document } from '../model/document.js';

const known = new WeakMap<InterfaceAddresses, ByFamily<AddressSet>>();

/** The addresses of a host as sets; each document is read once. */
export function hostSets(host: Document, dialect: Dialect, most?: number): ByFamily<AddressSet> {
  const addresses = hostAddresses(host, dialect, most);
  let sets = known.get(addresses);
  if (sets === undefined) {
    sets = { v4: addressSet('v4', addresses.v4), v6: addressSet('v6', addresses.v6) };
    known.set(addresses, sets);
  }
  return sets;
}
