import type { Json } from '../../model/document.js';
import type { Dialect } from '../dialect.js';
import { hostAddress } from './host-address.js';
import { isLocalAddress } from './local-address.js';

/** What a host's `interfaces` holds: canonical addresses with their prefix length, and what could not be used. */
export interface InterfaceAddresses {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
  /** Number of elements that are not single addresses of a host. Local addresses are left out and not counted. */
  readonly skipped: number;
  /** What was left out and why, in one sentence: nothing could be read, or a host cannot own some addresses. */
  readonly fault?: string;
}

const NONE = { v4: [], v6: [] } as const;

function readInterfaces(interfaces: Json | undefined): Json | undefined {
  if (typeof interfaces !== 'string') return interfaces;
  // A host that never reported has no interfaces yet, which is not a fault.
  if (interfaces === '') return {};
  try {
    return JSON.parse(interfaces) as Json;
  } catch {
    return undefined;
  }
}

/** Addresses of one host that go into sets, unless the configuration says otherwise (`intake.addresses_max`). */
export const MOST_HOST_ADDRESSES = 256;

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/**
 * The addresses in a host row's `interfaces` (JSON text: interface name → list of addresses; the member
 * `ec2_public_ipv4` is one more interface), without local ones. One bad element, interface or row never hides the
 * others. What no host can own (a whole network, multicast, …) is left out, and so is what goes beyond `most` different
 * addresses: an old row, or one written over the API, may hold anything. Old agents send `[]` for "no interface".
 * Source: docs/protocol.md#report, docs/rulesets.md#where-addresses-come-from.
 */
export function interfaceAddresses(
  interfaces: Json | undefined,
  dialect: Dialect,
  most = MOST_HOST_ADDRESSES,
): InterfaceAddresses {
  if (interfaces === undefined || interfaces === null) return { ...NONE, skipped: 0 };
  const byName = readInterfaces(interfaces);
  if (typeof byName !== 'object' || byName === null) {
    return { ...NONE, skipped: 1, fault: 'interfaces is not a JSON object of interface name to list of addresses' };
  }
  const lists = { v4: [] as string[], v6: [] as string[] };
  const seen = new Set<string>();
  let skipped = 0;
  let fault: string | undefined;
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
      const address = hostAddress(element);
      if (address.kind === 'local') continue;
      if (address.kind === 'refused') {
        skipped += 1;
        // Other junk is skipped without a fault; a network would have opened the rules to many hosts.
        if (address.isAddress) fault ??= `interfaces: ${shown(element)} ${address.reason}; left out of sets`;
        continue;
      }
      if (seen.size >= most && !seen.has(address.text)) {
        skipped += 1;
        fault = `interfaces holds more than ${most} addresses; the others are left out of sets (intake.addresses_max)`;
        continue;
      }
      seen.add(address.text);
      lists[address.kind].push(address.text);
    }
  }
  // Lists of just their length, and objects of one shape: there is one for each host.
  const [v4, v6] = [lists.v4.slice(), lists.v6.slice()];
  return fault === undefined ? { v4, v6, skipped } : { v4, v6, skipped, fault };
}
