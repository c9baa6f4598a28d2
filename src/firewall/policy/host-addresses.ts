import type { Document } from '../../model/document.js';
import { type InterfaceAddresses, interfaceAddresses } from '../addresses/interface-addresses.js';
import type { Dialect } from '../dialect.js';

const known: Readonly<Record<Dialect, WeakMap<Document, InterfaceAddresses>>> = {
  dog1: new WeakMap(),
  dog2: new WeakMap(),
};

/** The addresses that a host lends to its group; each document is read once for as long as it lives. */
export const hostAddresses = (host: Document, dialect: Dialect): InterfaceAddresses => {
  const found = known[dialect].get(host);
  if (found !== undefined) return found;
  const read = interfaceAddresses(host.interfaces, dialect);
  known[dialect].set(host, read);
  return read;
};
