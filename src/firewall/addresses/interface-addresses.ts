import type { Json } from '../../model/document.js';
import type { Dialect } from '../dialect.js';
import { fullText } from './full-text.js';
import { isLocalAddress } from './local-address.js';

/** What a host's `interfaces` holds: canonical addresses with their prefix length, and what could not be used. */
export interface InterfaceAddresses {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
  /** Elements that are no addresses. Local addresses are left out silently and don't count. */
  readonly skipped: number;
  /** Why nothing at all could be read. */
  readonly fault?: string;
}

const NONE = { v4: [], v6: [] } as const;

const readInterfaces = (interfaces: Json | undefined): Json | undefined => {
  if (typeof interfaces !== 'string') return interfaces;
  // A host that never reported has no interfaces yet: that is no fault.
  if (interfaces === '') return {};
  try {
    return JSON.parse(interfaces) as Json;
  } catch {
    return undefined;
  }
};

/**
 * The addresses in a host row's `interfaces` (JSON text: interface name → list of addresses; the member
 * `ec2_public_ipv4` is one more interface), without local ones. One bad element, interface or row never hides the
 * others. The old agents send `[]` for "no interface". Source: agent-protocol section 4, rulesets section 6.
 */
export const interfaceAddresses = (interfaces: Json | undefined, dialect: Dialect): InterfaceAddresses => {
  if (interfaces === undefined || interfaces === null) return { ...NONE, skipped: 0 };
  const byName = readInterfaces(interfaces);
  if (typeof byName !== 'object' || byName === null) {
    return { ...NONE, skipped: 1, fault: 'interfaces is no JSON object of interface name to list of addresses' };
  }
  const v4: string[] = [];
  const v6: string[] = [];
  let skipped = 0;
  for (const list of Object.values<Json>(byName)) {
    if (!Array.isArray(list)) {
      skipped += 1;
      continue;
    }
    for (const element of list as Json[]) {
      if (typeof element !== 'string') {
        skipped += 1;
        continue;
      }
      if (isLocalAddress(element, dialect)) continue;
      const four = fullText(element, 'v4');
      const six = four === undefined ? fullText(element, 'v6') : undefined;
      if (four !== undefined) v4.push(four);
      else if (six !== undefined) v6.push(six);
      else skipped += 1;
    }
  }
  return { v4, v6, skipped };
};
