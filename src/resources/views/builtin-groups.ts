import type { Dialect } from '../../firewall/dialect.js';
import type { BuiltinGroup } from '../../model/builtins.js';
import type { Document, JsonObject } from '../../model/document.js';
import { type AddressLists, ADDRESS_SUBS, addressesOf, type GroupAddresses } from './group-addresses.js';

const NOTHING: GroupAddresses = { internal: () => [], internalV4: [], internalV6: [], externalV4: [], externalV6: [] };

/** What the built-in groups are made of: every group, and every host. */
export interface Fleet {
  readonly groups: readonly Document[];
  readonly hosts: readonly Document[];
}

/** Gives the addresses of groups and hosts together: `addressesOf`, or one that keeps them by delta. */
export type GatherAddresses = (groups: readonly Document[], hosts: readonly Document[]) => AddressLists;

/** The document of a built-in group; `any` has no id (docs/http-api.md#built-in-documents). */
export function builtinGroup(id: BuiltinGroup | 'any', { groups, hosts }: Fleet, gather: GatherAddresses): JsonObject {
  if (id === 'any') {
    return { name: 'any', external_ipv4_addresses: ['0.0.0.0'], external_ipv6_addresses: ['::/0'] };
  }
  const of = id === 'self' ? NOTHING : gather(groups, id === 'external-active' ? [] : hosts);
  const external = { external_ipv4_addresses: of.externalV4, external_ipv6_addresses: of.externalV6 };
  const internal = { internal_ipv4_addresses: of.internalV4, internal_ipv6_addresses: of.internalV6 };
  const named = { id, name: id };
  if (id === 'internal-active') return { ...named, ...internal };
  if (id === 'external-active') return { ...named, ...external };
  return { ...named, ...external, ...internal };
}

function builtinAddresses(id: BuiltinGroup | 'any', { groups, hosts }: Fleet, dialect: () => Dialect): GroupAddresses {
  switch (id) {
    case 'all-active':
      return addressesOf(groups, hosts, dialect);
    case 'internal-active':
      return addressesOf([], hosts, dialect);
    case 'external-active':
      return addressesOf(groups, [], dialect);
    case 'any':
      return { ...NOTHING, externalV4: ['0.0.0.0/0'], externalV6: ['::/0'] };
    case 'self':
      return NOTHING;
  }
}

/** An address sub-resource of a built-in group; undefined: there is no such sub-resource. */
export function builtinGroupSub(
  id: BuiltinGroup | 'any',
  sub: string,
  fleet: Fleet,
  dialect: () => Dialect,
): readonly string[] | undefined {
  if (!Object.hasOwn(ADDRESS_SUBS, sub)) return undefined;
  const of = builtinAddresses(id, fleet, dialect);
  // Quirks that clients know: all-active's internal_ips are everything, internal-active's ips its bare internal_ips,
  // external-active's ips IPv4 alone.
  if (id === 'all-active' && sub === 'internal_ips') return ADDRESS_SUBS['ips']?.(of);
  if (id === 'external-active' && sub === 'ips') return of.externalV4;
  if (id === 'internal-active' && sub === 'ips') return of.internal();
  return ADDRESS_SUBS[sub]?.(of);
}
