import type { Dialect } from '../../firewall/dialect.js';
import type { Document, JsonObject } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import { builtinGroup, type Fleet } from './builtin-groups.js';
import { addressesOf } from './group-addresses.js';
import { isActive, ofFamily, sortedUnique } from './host-addresses.js';

type Lists = Map<string, readonly string[]>;

/**
 * `GET /api/V2/ipsets`: this server's own sets by name, externals not merged in (http-api section 3). A document that
 * lacks its lists or its name leaves out only what is its own.
 */
export function ipsetsView(env: string, fleet: Fleet, zones: readonly Document[], dialect: Dialect): JsonObject {
  const v4 = { groups: new Map() as Lists, zones: new Map() as Lists };
  const v6 = { groups: new Map() as Lists, zones: new Map() as Lists };
  const hostsOf = byGroup(fleet.hosts);
  for (const group of fleet.groups) {
    const { name } = group;
    if (typeof name !== 'string') continue;
    const of = addressesOf([group], hostsOf.get(name) ?? [], dialect);
    v4.groups.set(name, sortedUnique([...of.internalV4, ...of.externalV4]));
    v6.groups.set(name, sortedUnique([...of.internalV6, ...of.externalV6]));
  }
  for (const id of ['all-active', 'self'] as const) {
    const all = builtinGroup(id, fleet, dialect);
    v4.groups.set(id, textsOf(all, 'internal_ipv4_addresses', 'external_ipv4_addresses'));
    v6.groups.set(id, textsOf(all, 'internal_ipv6_addresses', 'external_ipv6_addresses'));
  }
  for (const zone of zones) {
    const { name } = zone;
    if (typeof name !== 'string') continue;
    v4.zones.set(name, ofFamily(listOf(zone, 'ipv4_addresses'), 'v4'));
    v6.zones.set(name, ofFamily(listOf(zone, 'ipv6_addresses'), 'v6'));
  }
  const shown = ({ groups, zones: named }: typeof v4) => ({
    groups: Object.fromEntries(groups),
    zones: Object.fromEntries(named),
  });
  return { ipsets: { name: env, v4: shown(v4), v6: shown(v6) } };
}

/** `GET /Rs/ips` of zones: every address of every zone as stored, repeats included. */
export function zoneAddresses(zones: readonly Document[]): readonly string[] {
  return zones
    .flatMap((zone) => [...listOf(zone, 'ipv4_addresses'), ...listOf(zone, 'ipv6_addresses')])
    .filter((item): item is string => typeof item === 'string');
}

function byGroup(hosts: readonly Document[]): ReadonlyMap<string, readonly Document[]> {
  const found = new Map<string, Document[]>();
  for (const host of hosts) {
    const { group } = host;
    if (typeof group !== 'string' || !isActive(host)) continue;
    const there = found.get(group);
    if (there) there.push(host);
    else found.set(group, [host]);
  }
  return found;
}

function listOf(doc: JsonObject, field: string) {
  const list = doc[field];
  return isList(list) ? list : [];
}

function textsOf(doc: JsonObject, ...fields: readonly string[]): readonly string[] {
  const texts = fields.flatMap((field) => listOf(doc, field)).filter((item) => typeof item === 'string');
  return sortedUnique(texts);
}
