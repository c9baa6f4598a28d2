import { hostAddress } from '../../firewall/addresses/host-address.js';
import { fullText } from '../../firewall/addresses/full-text.js';
import { isLocalAddress } from '../../firewall/addresses/local-address.js';
import type { Dialect } from '../../firewall/dialect.js';
import { reportedAddresses } from '../../firewall/addresses/reported-addresses.js';
import type { Document, Json, JsonObject } from '../../model/document.js';

/** Whether the host counts: only hosts that are `active` lend their addresses (docs/host-lifecycle.md#states). */
export function isActive(host: JsonObject): boolean {
  return host['active'] === 'active';
}

/** The addresses of hosts, as given, without local ones and those that no host can own. */
export function internalAddresses(hosts: readonly Document[], dialect: Dialect): readonly string[] {
  return hosts
    .flatMap(reportedAddresses)
    .filter((address) => !isLocalAddress(address, dialect) && hostAddress(address).kind !== 'refused');
}

/** The addresses of one family among `list`: canonical, with prefix length, sorted, unique; what is none is left out. */
export function ofFamily(list: readonly Json[], family: 'v4' | 'v6'): readonly string[] {
  const found = list.flatMap((item) => (typeof item === 'string' ? (fullText(item, family) ?? []) : []));
  return sortedUnique(found);
}

/** Sorted, without repeats. */
export function sortedUnique(list: readonly string[]): readonly string[] {
  return [...new Set(list)].sort();
}

/**
 * `{ADDRESS: FIELD}` of active hosts (docs/http-api.md#lists, `hosts/names`): as reported; `127.0.0.1` is every host's,
 * so one per host is left out.
 */
export function fieldByAddress(hosts: readonly Document[], field: 'name' | 'hostkey'): JsonObject {
  const found = new Map<string, Json>();
  for (const host of hosts.filter(isActive)) {
    const addresses = [...reportedAddresses(host)];
    const loopback = addresses.indexOf('127.0.0.1');
    if (loopback >= 0) addresses.splice(loopback, 1);
    for (const address of addresses) found.set(address, host[field] ?? '');
  }
  return Object.fromEntries(found);
}
