import { explainAddress } from './explain-address.js';
import { baseOf4, formatAddress4, lengthOf4, parseNet4 } from './ipv4.js';
import { formatAddress6, lengthOf6, parseNet6, type Net6 } from './ipv6.js';

/**
 * An address that a host says it has. `local` means only that host or its link, and goes into no set. `refused`: not
 * a single address, or one that no host can own; `reason` completes a sentence that begins with the address.
 */
export type HostAddress =
  | { readonly kind: 'v4' | 'v6'; /** Canonical, with `/32` or `/128`. */ readonly text: string }
  | { readonly kind: 'local' }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      /** True for an address or network that no host can own; false for anything that does not parse as one. */
      readonly isAddress: boolean;
    };

const LOCAL: HostAddress = { kind: 'local' };
function refused(reason: string, isAddress = true): HostAddress {
  return { kind: 'refused', reason, isAddress };
}

/** A template would hold on to both its parts, and these texts are kept for each host. */
function inOnePiece(address: string, length: string): string {
  return [address, length].join('');
}

/** No address is longer, a zone with the longest interface name included; longer strings are not parsed. */
const LONGEST = 64;

function unownable4(address: number): string | undefined {
  const first = Math.floor(address / 2 ** 24);
  if (first === 0) return 'is in 0.0.0.0/8, which no host can own';
  if (address === 2 ** 32 - 1) return 'is the broadcast address, which no host can own';
  if (first >= 240) return 'is in 240.0.0.0/4, which is reserved and no host can own';
  if (first >= 224) return 'is a multicast address, which no host can own';
  return undefined;
}

const MAPPED = '\0\0\0\0\0\uffff';

function unownable6(net: Net6): string | undefined {
  if (net.startsWith('\0'.repeat(8))) return 'is the unspecified address, which no host can own';
  if (net.charCodeAt(0) >> 8 === 0xff) return 'is a multicast address, which no host can own';
  // The kernel drops packets that come from one.
  if (net.startsWith(MAPPED)) return 'is an IPv4 address in IPv6 form: give it as a.b.c.d';
  return undefined;
}

function isLocal6(net: Net6): boolean {
  return (net.charCodeAt(0) & 0xffc0) === 0xfe80 || net.startsWith('\0\0\0\0\0\0\0\u0001');
}

const PREFIX = 'is a whole network: a host has single addresses';

/**
 * Judges one address of a report. Agents send addresses without a prefix length; `/32` and `/128` mean the same single
 * address. `fe80::1%eth0` is how many tools print a link-local address.
 */
export function hostAddress(text: string): HostAddress {
  if (text.length > LONGEST) return refused('is too long for an address', false);
  const net4 = parseNet4(text);
  if (net4 >= 0) {
    if (lengthOf4(net4) !== 32) return refused(PREFIX);
    const address = baseOf4(net4);
    if (Math.floor(address / 2 ** 24) === 127) return LOCAL;
    const reason = unownable4(address);
    return reason === undefined ? { kind: 'v4', text: inOnePiece(formatAddress4(address), '/32') } : refused(reason);
  }
  const zone = /%[^\s%/]{1,32}$/.exec(text);
  const net6 = parseNet6(zone === null ? text : text.slice(0, zone.index));
  if (net6 === undefined) return refused(explainAddress(text, text.includes(':') ? 'v6' : 'v4').reason, false);
  if (lengthOf6(net6) !== 128) return refused(PREFIX);
  if (isLocal6(net6)) return LOCAL;
  if (zone !== null) return refused('has a zone (%), which only a link-local address has');
  const reason = unownable6(net6);
  return reason === undefined ? { kind: 'v6', text: inOnePiece(formatAddress6(net6), '/128') } : refused(reason);
}
