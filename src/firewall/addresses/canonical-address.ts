import { explainAddress } from './explain-address.js';
import type { Family } from './family.js';
import { formatAddress4, baseOf4, lengthOf4, parseNet4 } from './ipv4.js';
import { formatAddress6, lengthOf6, parseNet6 } from './ipv6.js';

/** A string read as an address or net: its base address as the kernel prints it and its prefix length, or why not. */
export type ReadAddress =
  | { readonly ok: true; readonly family: Family; readonly address: string; readonly length: number }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads one address or net of the family. Host bits are cleared, IPv6 is spelled as glibc's `inet_ntop` does
 * (docs/rulesets.md#canonical-addresses). Refused: leading zeros, zones, blanks, the other family, anything else that
 * is no address.
 */
export function readAddress(text: string, family: Family): ReadAddress {
  if (family === 'v4') {
    const net = parseNet4(text);
    if (net >= 0) return { ok: true, family, address: formatAddress4(baseOf4(net)), length: lengthOf4(net) };
  } else {
    const net = parseNet6(text);
    if (net !== undefined) return { ok: true, family, address: formatAddress6(net), length: lengthOf6(net) };
  }
  return { ok: false, ...explainAddress(text, family) };
}

/** One element of a list that is not an address of the family: where, what, and why. */
export interface ElementFault {
  readonly index: number;
  readonly element: string;
  readonly reason: string;
}

/** Every element of a list that {@link readAddress} refuses. `index` counts from 0. For the API's own checks. */
export function addressFaults(list: readonly string[], family: Family): ElementFault[] {
  const faults: ElementFault[] = [];
  list.forEach((element, index) => {
    const isAddress = family === 'v4' ? parseNet4(element) >= 0 : parseNet6(element) !== undefined;
    if (!isAddress) faults.push({ index, element, reason: explainAddress(element, family).reason });
  });
  return faults;
}
