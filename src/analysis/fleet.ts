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

/** A group with active hosts. */
export interface FleetGroup {
  readonly name: string;
  /** Addresses of its active hosts. */
  readonly hosts: ByFamily<AddressSet>;
}

/** A group as an end of connections. */
export interface FleetGroupEnd extends FleetGroup {
  /** What rules that name the group take besides: addresses that no host of the group has. */
  readonly others: ByFamily<AddressSet>;
}

/**
 * What questions about connections ask of the fleet, as it is or as it would be. What may take long is a generator that
 * pauses.
 */
export interface Fleet {
  /** By name, hostkey or id. */
  host(text: string): FleetHost | undefined;
  /** By name or id; `all-active` stands for all groups and has no hosts of its own. */
  group(text: string): Generator<void, FleetGroupEnd | undefined>;
  /** By name or id: the addresses that rules take which name it. */
  zone(text: string): Generator<void, ByFamily<AddressSet> | undefined>;
  /** What hosts of a group (by name) hold or are to hold; null: nothing is known. */
  filter(group: string, family: Family): Generator<void, Filter | null>;
  /**
   * All addresses of the one active host of a group that has all of these; undefined: no one host has, or several have
   * them, as the address of a bridge that is the same everywhere.
   */
  hostOf(group: string, addresses: AddressSet): AddressSet | undefined;
  /** All groups with active hosts, in order of their names. */
  groups(): Generator<void, readonly FleetGroup[]>;
  /** Addresses of all active hosts. */
  managed(): Generator<void, ByFamily<AddressSet>>;
}
