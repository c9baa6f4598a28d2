import type { Family } from '../firewall/addresses/family.js';
import type { AddressSet } from './address-set.js';
import type { Filter } from './filter.js';

export type ByFamily<Value> = Readonly<Record<Family, Value>>;

/** A host that has our rules. */
export interface FleetHost {
  readonly name: string;
  /** Name of its group. */
  readonly group: string;
  readonly addresses: ByFamily<AddressSet>;
}

/** A group with rules. */
export interface FleetGroup {
  readonly name: string;
  /** Addresses of its active hosts. */
  readonly hosts: ByFamily<AddressSet>;
  /** Addresses of the group that no host of ours has. */
  readonly others: ByFamily<AddressSet>;
}

/** What questions about connections ask of the fleet, as it is or as it would be. */
export interface Fleet {
  /** By name, hostkey or id. */
  host(text: string): FleetHost | undefined;
  /** By name or id. */
  group(text: string): FleetGroup | undefined;
  /** By name or id. */
  zone(text: string): ByFamily<AddressSet> | undefined;
  /** What hosts of a group (by name) hold or are to hold; null: nothing is known. */
  filter(group: string, family: Family): Filter | null;
  /** All groups with active hosts. */
  groups(): readonly FleetGroup[];
}
