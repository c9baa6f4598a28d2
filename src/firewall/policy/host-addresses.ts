import type { Document } from '../../model/document.js';
import { type InterfaceAddresses, interfaceAddresses } from '../addresses/interface-addresses.js';
import type { Dialect } from '../dialect.js';

interface Read {
  readonly most: number | undefined;
  readonly addresses: InterfaceAddresses;
}

const known: Readonly<Record<Dialect, WeakMap<Document, Read>>> = {
  dog1: new WeakMap(),
  dog2: new WeakMap(),
};

/**
 * The addresses that a host adds to its group, at most `most`; each document is read once.
 */
export function hostAddresses(host: Document, dialect: Dialect, most?: number): InterfaceAddresses {
  const found = known[dialect].get(host);
  if (found !== undefined && found.most === most) return found.addresses;
  const addresses = interfaceAddresses(host.interfaces, dialect, most);
  known[dialect].set(host, { most, addresses });
  return addresses;
}
