import type { Document } from '../../model/document.js';
import { type InterfaceAddresses, interfaceAddresses } from '../addresses/interface-addresses.js';
import type { Dialect } from '../dialect.js';

/** What documents say, which never change. */
type Read = WeakMap<Document, InterfaceAddresses>;

/** By how many are taken at most, which the configuration says: there are one or two of them. */
const known: Readonly<Record<Dialect, Map<number | undefined, Read>>> = { dog1: new Map(), dog2: new Map() };

/**
 * The addresses that a host adds to its group, at most `most`; each document is read once.
 */
export function hostAddresses(host: Document, dialect: Dialect, most?: number): InterfaceAddresses {
  let read = known[dialect].get(most);
  if (read === undefined) known[dialect].set(most, (read = new WeakMap()));
  let addresses = read.get(host);
  if (addresses === undefined) read.set(host, (addresses = interfaceAddresses(host.interfaces, dialect, most)));
  return addresses;
}
