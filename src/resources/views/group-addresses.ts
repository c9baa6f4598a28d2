import type { Dialect } from '../../firewall/dialect.js';
import { hostAddresses } from '../../firewall/policy/host-addresses.js';
import type { Document, JsonObject } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import { internalAddresses, isActive, ofFamily, sortedUnique } from './host-addresses.js';

/** Addresses by kind: canonical, with prefix length, sorted, unique. */
export interface AddressLists {
  readonly internalV4: readonly string[];
  readonly internalV6: readonly string[];
  readonly externalV4: readonly string[];
  readonly externalV6: readonly string[];
}

/** The addresses of a group. */
export interface GroupAddresses extends AddressLists {
  /** Those of its hosts, as they gave them. */
  readonly internal: () => readonly string[];
}

/** The addresses of any groups and hosts together; only active hosts count, and only they need the dialect. */
export function addressesOf(
  groups: readonly JsonObject[],
  hosts: readonly Document[],
  dialect: () => Dialect,
): GroupAddresses {
  const active = hosts.filter(isActive);
  const internal = active.map((host) => hostAddresses(host, dialect()));
  const external = (field: string) => groups.flatMap((group) => (isList(group[field]) ? group[field] : []));
  return {
    internal: () => internalAddresses(active, dialect()),
    internalV4: sortedUnique(internal.flatMap(({ v4 }) => v4)),
    internalV6: sortedUnique(internal.flatMap(({ v6 }) => v6)),
    externalV4: ofFamily(external('external_ipv4_addresses'), 'v4'),
    externalV6: ofFamily(external('external_ipv6_addresses'), 'v6'),
  };
}

function join(...lists: readonly (readonly string[])[]): readonly string[] {
  return sortedUnique(lists.flat());
}

/** The address sub-resources of a group (docs/http-api.md#sub-resources). */
export const ADDRESS_SUBS: Readonly<Record<string, (of: GroupAddresses) => readonly string[]>> = {
  internal_ips: (of) => of.internal(),
  internal_ipv4s: (of) => of.internalV4,
  internal_ipv6s: (of) => of.internalV6,
  external_ipv4s: (of) => of.externalV4,
  external_ipv6s: (of) => of.externalV6,
  external_ips: (of) => join(of.externalV4, of.externalV6),
  ipv4s: (of) => join(of.internalV4, of.externalV4),
  ipv6s: (of) => join(of.internalV6, of.externalV6),
  ips: (of) => join(of.internalV4, of.internalV6, of.externalV4, of.externalV6),
};
