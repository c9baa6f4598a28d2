import {
  AnalysisError,
  type AddressSet,
  type ByFamily,
  type Filter,
  type Fleet,
  type FleetGroup,
  type FleetGroupEnd,
  type FleetHost,
  NOBODY,
  unionOfAll,
  without,
} from '../analysis/index.js';
import type { Family } from '../firewall/addresses/family.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import { type SetKind, setName } from '../firewall/sets/set-name.js';
import type { Document } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import type { NamedAddresses } from './address-names.js';
import { type FleetIndex, fleetIndex } from './fleet-index.js';
import type { FilterBook } from './filter-book.js';
import { type ReadSet } from './filter-book.js';
import { HostOwners } from './host-owners.js';
import { hostSets } from './host-sets.js';

/** What a fleet is read from. */
export interface PolicyFleetNeeds {
  readonly policy: Policy;
  readonly dialect: Dialect;
  /** Kept from one question to the next. */
  readonly filters: FilterBook;
  /** The text with sets that hosts of a group (by id) have, or get; undefined: none. */
  readonly text: (groupId: string, family: Family) => Generator<void, string | undefined>;
  readonly set: ReadSet;
  /** Stands for what all sets hold: another object, others. Absent, or undefined: nothing that rests on sets is kept. */
  readonly sets?: () => object | undefined;
}

/** Groups whose sets are looked up between two pauses. */
const GROUPS_A_STEP = 32;

/** The name of the group that stands for all active hosts and all addresses of groups. */
const ALL_ACTIVE = 'all-active';

function* each(of: (family: Family) => Generator<void, AddressSet>): Generator<void, ByFamily<AddressSet>> {
  return { v4: yield* of('v4'), v6: yield* of('v6') };
}

/**
 * The fleet of a policy, as it is or as it would be: what its hosts hold comes from the texts and sets that ship. Make
 * one for each question: what it has looked up it does not look up again.
 */
export class PolicyFleet implements Fleet {
  readonly #needs: PolicyFleetNeeds;
  readonly #filters = new Map<string, Filter | null>();
  readonly #texts = new Map<string, string>();
  #groups: readonly FleetGroup[] | undefined;
  #managed: ByFamily<AddressSet> | undefined;
  #all: readonly NamedAddresses[] | undefined;

  constructor(needs: PolicyFleetNeeds) {
    this.#needs = needs;
  }

  get #index(): FleetIndex {
    return fleetIndex(this.#needs.policy);
  }

  host(text: string): FleetHost | undefined {
    const { policy, dialect } = this.#needs;
    const found = this.hostRow(text);
    if (found === undefined) return undefined;
    return {
      name: textOf(found.name),
      group: textOf(found.group),
      addresses: hostSets(found, dialect, policy.hostAddressesMax),
    };
  }

  /** By id, hostkey or name. */
  hostRow(text: string): Document | undefined {
    const { policy } = this.#needs;
    return policy.host.get(text) ?? hostNamed(policy.host.values(), text);
  }

  /** The name of a group, by id or name; undefined: there is none. */
  groupName(text: string): string | undefined {
    const row = this.#needs.policy.group.get(text) ?? this.#index.groupByName(text);
    return row === undefined ? undefined : textOf(row.name);
  }

  /** The same of a zone. */
  zoneName(text: string): string | undefined {
    const row = this.#needs.policy.zone.get(text) ?? this.#index.zoneByName(text);
    return row === undefined ? undefined : textOf(row.name);
  }

  *group(text: string): Generator<void, FleetGroupEnd | undefined> {
    const row = this.#needs.policy.group.get(text) ?? this.#index.groupByName(text);
    const name = row === undefined ? text : textOf(row.name);
    if (row === undefined && name !== ALL_ACTIVE) return undefined;
    const taken = yield* this.#named(name, 'group');
    if (row === undefined) return { name, hosts: NOBODY, others: taken };
    const hosts = yield* this.#hostsOf(name);
    return {
      name,
      hosts,
      others: { v4: without(taken.v4, hosts.v4), v6: without(taken.v6, hosts.v6) },
    };
  }

  *zone(text: string): Generator<void, ByFamily<AddressSet> | undefined> {
    const name = this.zoneName(text);
    return name === undefined ? undefined : yield* this.#named(name, 'zone');
  }

  *groups(): Generator<void, readonly FleetGroup[]> {
    if (this.#groups !== undefined) return this.#groups;
    const index = this.#index;
    if (index.memory.groups !== undefined) return index.memory.groups;
    const groups: FleetGroup[] = [];
    for (const name of index.groupNames) {
      const hosts = yield* this.#hostsOf(name);
      if (hosts.v4.bounds.length > 0 || hosts.v6.bounds.length > 0) groups.push({ name, hosts });
    }
    this.#groups = groups;
    if (index === this.#index) index.memory.groups = groups;
    return groups;
  }

  *managed(): Generator<void, ByFamily<AddressSet>> {
    if (this.#managed !== undefined) return this.#managed;
    const index = this.#index;
    if (index.memory.managed !== undefined) return index.memory.managed;
    const groups = yield* this.groups();
    this.#managed = yield* each((family) =>
      unionOfAll(
        family,
        groups.map(({ hosts }) => hosts[family]),
      ),
    );
    if (index === this.#index) index.memory.managed = this.#managed;
    return this.#managed;
  }

  hostOf(group: string, addresses: AddressSet): AddressSet | undefined {
    return this.owners(group).hostOf(addresses);
  }

  /** Which active host of a group (by name) has which addresses. */
  owners(group: string): HostOwners {
    const { policy, dialect } = this.#needs;
    const index = this.#index;
    let owners = index.memory.owners.get(group);
    if (owners === undefined) {
      owners = new HostOwners(index.activeHosts(group).map((host) => hostSets(host, dialect, policy.hostAddressesMax)));
      index.memory.owners.set(group, owners);
    }
    return owners;
  }

  /** @throws AnalysisError naming the group whose text can't be read */
  *filter(group: string, family: Family): Generator<void, Filter | null> {
    const key = `${family} ${group}`;
    const known = this.#filters.get(key);
    if (known !== undefined) return known;
    const { filters, text, set } = this.#needs;
    const row = this.#index.groupByName(group);
    const found = row === undefined ? undefined : yield* text(row.id, family);
    let filter: Filter | null = null;
    if (found !== undefined && found !== '') {
      this.#texts.set(key, found);
      try {
        filter = yield* filters.filter(family, found, set);
      } catch (error) {
        if (!(error instanceof AnalysisError)) throw error;
        throw new AnalysisError(`the ruleset of group ${group} (${family}): ${error.message}`);
      }
    }
    this.#filters.set(key, filter);
    return filter;
  }

  /** What a set holds, by its full name; undefined: there is no such set. */
  setOf(name: string): Generator<void, AddressSet | undefined> {
    return this.#needs.set(name);
  }

  /** The text that a filter was made from; undefined: none, or nobody asked. */
  textRead(group: string, family: Family): string | undefined {
    return this.#texts.get(`${family} ${group}`);
  }

  /** All that has a name: zones, groups and active hosts, in this order, each sorted by name. */
  *named(): Generator<void, readonly NamedAddresses[]> {
    if (this.#all !== undefined) return this.#all;
    const { policy, dialect } = this.#needs;
    const all: NamedAddresses[] = [];
    const index = this.#index;
    const sets = this.#needs.sets?.();
    const known = sets === undefined ? undefined : index.memory.named.get(sets);
    if (known !== undefined) return known;
    const { zoneNames, groupNames } = index;
    for (const name of zoneNames) all.push({ name: `zone:${name}`, addresses: yield* this.#named(name, 'zone') });
    for (const [at, name] of groupNames.entries()) {
      all.push({ name: `group:${name}`, addresses: yield* this.#named(name, 'group') });
      if (at % GROUPS_A_STEP === 0) yield;
    }
    const hosts: NamedAddresses[] = [];
    for (const group of groupNames) {
      for (const host of index.activeHosts(group))
        hosts.push({ name: `host:${textOf(host.name)}`, addresses: hostSets(host, dialect, policy.hostAddressesMax) });
      yield;
    }
    hosts.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#all = [...all, ...hosts];
    if (index === this.#index && sets !== undefined) index.memory.named.set(sets, this.#all);
    return this.#all;
  }

  /** What rules take that name a group or zone. */
  #named(base: string, kind: SetKind): Generator<void, ByFamily<AddressSet>> {
    const { set } = this.#needs;
    return each(function* (family) {
      return (yield* set(setName(base, kind, family))) ?? NOBODY[family];
    });
  }

  *#hostsOf(name: string): Generator<void, ByFamily<AddressSet>> {
    const { policy, dialect } = this.#needs;
    const sets = this.#index.activeHosts(name).map((host) => hostSets(host, dialect, policy.hostAddressesMax));
    yield;
    return yield* each((family) =>
      unionOfAll(
        family,
        sets.map((set) => set[family]),
      ),
    );
  }
}

/** By hostkey or name: the first by id; of those with the name, one that is active. */
function hostNamed(hosts: Iterable<Document>, text: string): Document | undefined {
  const rank = ({ hostkey, active }: Document): number => (hostkey === text ? 0 : active === 'active' ? 1 : 2);
  let best: Document | undefined;
  for (const host of hosts) {
    if (host.hostkey !== text && host.name !== text) continue;
    const before = best === undefined ? 1 : rank(host) - rank(best) || (host.id < best.id ? -1 : 1);
    if (best === undefined || before < 0) best = host;
  }
  return best;
}
