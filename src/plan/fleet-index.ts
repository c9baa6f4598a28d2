import type { AddressSet, ByFamily, End, EndError, FleetGroup } from '../analysis/index.js';
import type { Policy } from '../firewall/policy/policy.js';
import type { Document } from '../model/document.js';
import type { NamedAddresses } from './address-names.js';
import type { HostOwners } from './host-owners.js';

/** Groups and zones of a policy by their names, and active hosts by their group. Names are not unique: the first by id counts. */
export interface FleetIndex {
  groupByName(name: string): Document | undefined;
  zoneByName(name: string): Document | undefined;
  /** Active hosts of a group, by its name. */
  activeHosts(group: string): readonly Document[];
  /** In order; each once. */
  readonly groupNames: readonly string[];
  readonly zoneNames: readonly string[];
  /** What was worked out of it, and holds as long as it does. */
  readonly memory: FleetMemory;
}

/** Written by those who work it out. */
export interface FleetMemory {
  groups?: readonly FleetGroup[];
  managed?: ByFamily<AddressSet>;
  named?: readonly NamedAddresses[];
  /** By the name of the group. */
  readonly owners: Map<string, HostOwners>;
  /** By the text of the end; why there is none, where there is none. */
  readonly ends: Map<string, End | EndError>;
}

function byName(rows: ReadonlyMap<string, Document>): ReadonlyMap<string, Document> {
  const found = new Map<string, Document>();
  for (const row of rows.values()) {
    if (typeof row.name !== 'string') continue;
    const before = found.get(row.name);
    if (before === undefined || row.id < before.id) found.set(row.name, row);
  }
  return found;
}

function makeIndex(policy: Policy): FleetIndex {
  const groups = byName(policy.group);
  const zones = byName(policy.zone);
  const active = new Map<string, Document[]>();
  for (const host of policy.host.values()) {
    const { group } = host;
    if (host.active !== 'active' || typeof group !== 'string') continue;
    const list = active.get(group);
    if (list === undefined) active.set(group, [host]);
    else list.push(host);
  }
  return {
    groupByName: (name) => groups.get(name),
    zoneByName: (name) => zones.get(name),
    activeHosts: (group) => active.get(group) ?? [],
    groupNames: [...groups.keys()].sort(),
    zoneNames: [...zones.keys()].sort(),
    memory: { ends: new Map(), owners: new Map() },
  };
}

const kept = new WeakMap<Policy, { readonly version: number; readonly index: FleetIndex }>();

/** The index of a policy; the same one as before while the policy's version is the same. */
export function fleetIndex(policy: Policy): FleetIndex {
  // Where no address moves, hosts, groups and zones are those of the policy beneath.
  const from = policy.addressesAsIn ?? policy;
  const version = from.addressesVersion ?? from.version;
  const known = kept.get(from);
  if (known !== undefined && known.version === version) return known.index;
  const index = makeIndex(from);
  if (version !== undefined) kept.set(from, { version, index });
  return index;
}
