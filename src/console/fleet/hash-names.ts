import type { HashField } from '../../model/ruleset-variants.js';

/** What each of the five hashes is of. */
const NAMES: Readonly<Record<HashField, string>> = {
  hash4_ipsets: 'IPv4 rules with sets',
  hash6_ipsets: 'IPv6 rules with sets',
  hash4_iptables: 'IPv4 rules with addresses',
  hash6_iptables: 'IPv6 rules with addresses',
  ipset_hash: 'sets',
};

export function hashName(field: string): string {
  return NAMES[field as HashField] ?? field;
}
