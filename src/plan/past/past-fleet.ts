import {
  AnalysisError,
  type AddressSet,
  type ByFamily,
  type End,
  type Filter,
  type Fleet,
  type FleetGroup,
  type FleetGroupEnd,
  type FleetHost,
  NOBODY,
  unionOfAll,
  without,
} from '../../analysis/index.js';
import type { Family } from '../../firewall/addresses/family.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { Policy } from '../../firewall/policy/policy.js';
import { readSetName, type SetKind, setName } from '../../firewall/sets/set-name.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Contents } from '../../set-history/set-changes.js';
import type { NamedAddresses } from '../address-names.js';
import { FilterBook } from '../filter-book.js';
import { hostSets } from '../host-sets.js';
import { HostOwners } from '../host-owners.js';
import { listedSet } from '../listed-set.js';
import type { PolicyFleet } from '../policy-fleet.js';
import { type Holding, OF_GONE_HOSTS } from './holding.js';
import type { PastBook } from './past-book.js';

export interface PastFleetNeeds {
  readonly book: PastBook;
  /** What history does not say is taken from it. */
  readonly now: PolicyFleet;
  readonly policy: Policy;
  readonly dialect: Dialect;
}

/** A host with what it held. */
interface Held {
  readonly host: Document;
  readonly holding: Holding;
}

/** What one holding holds of a family. */
interface Read {
  readonly filter: Filter | null;
  readonly text: string | null;
  readonly revision: number | null;
  readonly why: string | null;
}

const ALL_ACTIVE = 'all-active';
/** Hosts looked at between two pauses. */
const A_STEP = 200;

function* each(of: (family: Family) => Generator<void, AddressSet>): Generator<void, ByFamily<AddressSet>> {
  return { v4: yield* of('v4'), v6: yield* of('v6') };
}

/** What is not known of a time ends in a step that is `unknown`. */
class NotKnown extends AnalysisError {}

/**
 * The fleet of a former time: every host with the rules and sets that it reported then. Zones and groups are what their
 * sets held; the addresses of hosts, and what else history does not say, are those of now, which `taken` tells. Hosts
 * that are gone are not known. Make one for each question.
 */
export class PastFleet implements Fleet {
  readonly #needs: PastFleetNeeds;
  readonly #filters = new FilterBook();
  readonly #read = new Map<string, Read>();
  readonly #holdings = new Map<string, Holding>();
  readonly #owners = new Map<string, HostOwners>();
  readonly #taken = new Set<string>();
  #all: readonly Held[] | undefined;
  #groups: readonly FleetGroup[] | undefined;
  #names: readonly NamedAddresses[] | undefined;

  constructor(needs: PastFleetNeeds) {
    this.#needs = needs;
  }

  /** What was taken from the fleet of now, as it was come by. */
  get taken(): readonly string[] {
    return [...this.#taken].sort();
  }

  host(text: string): FleetHost | undefined {
    const { now, book } = this.#needs;
    const host = now.hostRow(text);
    if (host === undefined) return undefined;
    const { key, group } = this.#note(book.holding(host));
    return { name: textOf(host['name']), group, holding: key, addresses: this.#addressesOf(host) };
  }

  *group(text: string): Generator<void, FleetGroupEnd | undefined> {
    const { now } = this.#needs;
    const name = now.groupName(text) ?? text;
    if (name === ALL_ACTIVE) return { name, hosts: NOBODY, others: yield* this.#named(name, 'group') };
    const known = now.groupName(text) !== undefined || this.#hasSet(name, 'group');
    const held = (yield* this.#hosts()).filter(({ holding }) => holding.group === name);
    if (!known && held.length === 0) return undefined;
    const parts = yield* this.#parts(held);
    const hosts = yield* each((family) =>
      unionOfAll(
        family,
        parts.map((part) => part.hosts[family]),
      ),
    );
    const all = yield* this.#named(name, 'group');
    return { name, hosts, parts, others: { v4: without(all.v4, hosts.v4), v6: without(all.v6, hosts.v6) } };
  }

  *zone(text: string): Generator<void, ByFamily<AddressSet> | undefined> {
    const name = this.#needs.now.zoneName(text) ?? (this.#hasSet(text, 'zone') ? text : undefined);
    return name === undefined ? undefined : yield* this.#named(name, 'zone');
  }

  *groups(): Generator<void, readonly FleetGroup[]> {
    if (this.#groups !== undefined) return this.#groups;
    const groups = yield* this.#parts(yield* this.#hosts());
    const gone = yield* this.#gone(groups);
    this.#groups =
      gone.v4.bounds.length === 0 && gone.v6.bounds.length === 0
        ? groups
        : [...groups, { name: '', holding: this.#note(OF_GONE_HOSTS).key, hosts: gone }];
    return this.#groups;
  }

  *managed(): Generator<void, ByFamily<AddressSet>> {
    const groups = yield* this.groups();
    return yield* each((family) =>
      unionOfAll(
        family,
        groups.map(({ hosts }) => hosts[family]),
      ),
    );
  }

  *filter(_group: string, family: Family, holding = ''): Generator<void, Filter | null> {
    return (yield* this.#reading(holding, family)).filter;
  }

  hostOf(group: string, addresses: AddressSet): AddressSet | undefined {
    let owners = this.#owners.get(group);
    if (owners === undefined) {
      const { policy, book } = this.#needs;
      const hosts = [...policy.host.values()].filter((host) => {
        const { group: own, hashes } = book.holding(host);
        return own === group && (hashes !== null || host['active'] === 'active');
      });
      owners = new HostOwners(hosts.map((host) => this.#addressesOf(host)));
      this.#owners.set(group, owners);
    }
    return owners.hostOf(addresses);
  }

  /** The text that an owner's line is of; undefined: none was read. */
  textRead(holding: string, family: Family): string | undefined {
    return this.#read.get(`${family} ${holding}`)?.text ?? undefined;
  }

  /** What is told of what an owner held: its revision and the hash of its sets, or why that is not known. */
  held(holding: string, family: Family) {
    const { revision = null, why = null } = this.#read.get(`${family} ${holding}`) ?? {};
    const { hashes } = this.#holdings.get(holding) ?? {};
    return { revision, ipset_hash: hashes?.ipset_hash ?? null, ...(why === null ? {} : { why }) };
  }

  /** What the ends' hosts held that was not read yet. */
  missing(ends: readonly End[]): readonly Holding[] {
    const keys = new Set(ends.flatMap(({ parts }) => parts.flatMap(({ owner }) => owner?.holding ?? [])));
    return [...keys].flatMap((key) => {
      const holding = this.#holdings.get(key);
      return holding === undefined || this.#needs.book.has(holding) ? [] : [holding];
    });
  }

  /** All that had a name: zones and groups by their sets, hosts by their addresses of now. */
  *named(): Generator<void, readonly NamedAddresses[]> {
    const { book, now } = this.#needs;
    if (this.#names !== undefined) return this.#names;
    if (typeof book.published === 'string') {
      this.#taken.add('names of addresses');
      return yield* now.named();
    }
    const names: NamedAddresses[] = [];
    const bases = new Map([...book.published.keys()].map((set) => [set.replace(/v[46]$/, ''), readSetName(set)]));
    for (const parts of bases.values()) {
      if (parts === undefined || parts.base === ALL_ACTIVE || parts.base === 'self') continue;
      const addresses = yield* this.#named(parts.base, parts.kind);
      names.push({ name: `${parts.kind}:${parts.base}`, addresses });
    }
    const hosts = (yield* this.#hosts()).map(({ host }) => ({
      name: `host:${textOf(host['name'])}`,
      addresses: this.#addressesOf(host),
    }));
    const order = (one: NamedAddresses): number => ['zone', 'group', 'host'].indexOf(one.name.split(':')[0] ?? '');
    this.#names = [...names, ...hosts].sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1));
    return this.#names;
  }

  #note(holding: Holding): Holding {
    this.#holdings.set(holding.key, holding);
    return holding;
  }

  #addressesOf(host: Document): ByFamily<AddressSet> {
    const { policy, dialect } = this.#needs;
    this.#taken.add('addresses of hosts');
    return hostSets(host, dialect, policy.hostAddressesMax);
  }

  /** Hosts that were heard of at that time, and those of which nothing is known then and that are active now. */
  *#hosts(): Generator<void, readonly Held[]> {
    if (this.#all !== undefined) return this.#all;
    const { policy, book } = this.#needs;
    const all: Held[] = [];
    let done = 0;
    for (const host of policy.host.values()) {
      const holding = book.holding(host);
      const isUnknown = holding.hashes === null;
      if (!isUnknown || host['active'] === 'active') {
        all.push({ host, holding: this.#note(holding) });
        if (isUnknown) this.#taken.add('groups of hosts of which nothing is known then');
      }
      done += 1;
      if (done % A_STEP === 0) yield;
    }
    this.#all = all;
    return all;
  }

  *#parts(held: readonly Held[]): Generator<void, readonly FleetGroup[]> {
    const byKey = new Map<string, { readonly holding: Holding; readonly sets: ByFamily<AddressSet>[] }>();
    for (const { host, holding } of held) {
      const part = byKey.get(holding.key) ?? { holding, sets: [] };
      byKey.set(holding.key, part);
      part.sets.push(this.#addressesOf(host));
    }
    const parts: FleetGroup[] = [];
    for (const { holding, sets } of byKey.values()) {
      const hosts = yield* each((family) =>
        unionOfAll(
          family,
          sets.map((set) => set[family]),
        ),
      );
      parts.push({ name: holding.group, holding: holding.key, hosts });
      yield;
    }
    return parts.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** What `all-active` held then and no more, and no host has. */
  *#gone(groups: readonly FleetGroup[]): Generator<void, ByFamily<AddressSet>> {
    const { book, now } = this.#needs;
    const { published } = book;
    if (typeof published === 'string') {
      this.#taken.add('which hosts there were');
      return NOBODY;
    }
    return yield* each(function* (family) {
      const name = setName(ALL_ACTIVE, 'group', family);
      const then = yield* listedSet(family, published.get(name) ?? []);
      const today = (yield* now.setOf(name)) ?? NOBODY[family];
      const ours = yield* unionOfAll(
        family,
        groups.map(({ hosts }) => hosts[family]),
      );
      return without(without(then, today), ours);
    });
  }

  #hasSet(base: string, kind: SetKind): boolean {
    const { published } = this.#needs.book;
    if (typeof published === 'string') return false;
    return (['v4', 'v6'] as const).some((family) => published.has(setName(base, kind, family)));
  }

  /** What rules took then that named a group or zone. */
  *#named(base: string, kind: SetKind): Generator<void, ByFamily<AddressSet>> {
    const { book, now } = this.#needs;
    const { published } = book;
    const isKnown = typeof published !== 'string' && this.#hasSet(base, kind);
    if (!isKnown) this.#taken.add(`${kind}:${base}`);
    return yield* each(function* (family) {
      const name = setName(base, kind, family);
      if (typeof published === 'string' || !isKnown) return (yield* now.setOf(name)) ?? NOBODY[family];
      return yield* listedSet(family, published.get(name) ?? []);
    });
  }

  *#reading(key: string, family: Family): Generator<void, Read> {
    const at = `${family} ${key}`;
    const known = this.#read.get(at);
    if (known !== undefined) return known;
    const read = yield* this.#look(key, family);
    this.#read.set(at, read);
    return read;
  }

  *#look(key: string, family: Family): Generator<void, Read> {
    const { book } = this.#needs;
    const holding = this.#holdings.get(key);
    const none = { filter: null, text: null, revision: null };
    if (holding === undefined) return { ...none, why: 'nothing is known of it' };
    const held = book.text(holding, family);
    if ('why' in held) return { ...none, why: held.why };
    const { text, revision } = held;
    if (text === '') return { ...none, revision, why: 'its revision has no text of this family' };
    try {
      const filter = yield* this.#filters.filter(family, text, setsIn(book.contents(holding)));
      return { filter, text, revision, why: null };
    } catch (error) {
      if (!(error instanceof AnalysisError)) throw error;
      return { ...none, revision, why: error.message };
    }
  }
}

/** The sets that a host held, one by one. */
function setsIn(contents: Contents | string) {
  return function* (name: string): Generator<void, AddressSet | undefined> {
    if (typeof contents === 'string') throw new NotKnown(contents);
    const family = readSetName(name)?.family;
    const list = contents.get(name);
    return family === undefined || list === undefined ? undefined : yield* listedSet(family, list);
  };
}
