import type { Family } from '../firewall/addresses/family.js';
import { protocolName, protocolNumber } from '../firewall/rules/protocol-names.js';

/** The protocol number of ICMP in each family. */
export const ICMP: Readonly<Record<Family, number>> = { v4: 1, v6: 58 };

/** tcp, udp, dccp, sctp, udplite: those whose packets have ports that a rule can ask for. */
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

export function hasPorts(protocol: number): boolean {
  return WITH_PORTS.has(protocol);
}
export function isIcmp(protocol: number): boolean {
  return protocol === ICMP.v4 || protocol === ICMP.v6;
}

/** Other names of /etc/protocols. */
const ALIASES: Readonly<Record<string, string>> = { icmpv6: 'ipv6-icmp', 'udp-lite': 'udplite', hopopt: '0', '0': '0' };

/** The number of a protocol that is given by its name or number; undefined if there is none. */
export function readProtocol(text: string): number | undefined {
  const alias = Object.hasOwn(ALIASES, text) ? ALIASES[text] : undefined;
  return alias === '0' ? 0 : protocolNumber(alias ?? text);
}

/** The name of a protocol, or its number if it has none. */
export function nameOfProtocol(number: number): string {
  return protocolName(String(number)) ?? String(number);
}
