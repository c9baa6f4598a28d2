import type { Document, Json } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import type { Family } from '../addresses/family.js';
import { fullText } from '../addresses/full-text.js';
import type { Dialect } from '../dialect.js';
import { mapInSteps } from '../steps.js';
import { hostAddresses } from './host-addresses.js';
import { IncompleteSets } from './incomplete-sets.js';
import type { Policy, PolicyFault, PolicyPart } from './policy.js';
import { sortedDocuments } from './sorted-documents.js';
import { malformedFields } from './malformed-fields.js';
import { setName } from '../sets/set-name.js';
import { textOf } from '../../model/text-of.js';

/**
 * Addresses by name, as policy has them, junk not yet removed: in `dog1` canonical with their prefix length, in `dog2` as
 * they stand in the documents. The list of a document itself where a name has no other.
 */
export interface OwnLists {
  readonly groupsV4: ReadonlyMap<string, readonly Json[]>;
  readonly groupsV6: ReadonlyMap<string, readonly Json[]>;
  readonly zonesV4: ReadonlyMap<string, readonly Json[]>;
  readonly zonesV6: ReadonlyMap<string, readonly Json[]>;
  readonly faults: readonly PolicyFault[];
  /** Sets whose addresses are not known, by full name, and why. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Sets that may lack some of their addresses, because a document that could add to them is malformed. */
  readonly incomplete: IncompleteSets;
}

/**
 * Groups that have sets without a document: the addresses of all, and none
 * (docs/rulesets.md#where-addresses-come-from).
 */
const ALL_ACTIVE = 'all-active';
const SELF = 'self';

/** Lists by name. One that has the elements of one document only is that document's own. */
class Lists {
  readonly byName = new Map<string, readonly Json[]>();
  readonly #made = new Map<string, Json[]>();

  has(name: string): boolean {
    return this.byName.has(name);
  }

  append(name: string, elements: readonly Json[]): void {
    const before = this.byName.get(name);
    if (before === undefined || before.length === 0) this.byName.set(name, elements);
    else if (elements.length > 0) {
      const list = this.#made.get(name) ?? [...before];
      // One at a time: a spread of a million elements overflows the stack.
      for (const element of elements) list.push(element);
      this.#made.set(name, list);
      this.byName.set(name, list);
    }
  }
}

function withLength(element: Json, family: Family): Json {
  return typeof element === 'string' ? (fullText(element, family) ?? element) : element;
}

/** Addresses of documents for `dog1`, by the field that has them: documents never change, so each is read once. */
const fieldsRead = new WeakMap<Document, Map<string, readonly Json[]>>();

/** Gathers the lists of one policy. */
class Gatherer {
  readonly lists: Record<Family, Record<'groups' | 'zones', Lists>> = {
    v4: { groups: new Lists(), zones: new Lists() },
    v6: { groups: new Lists(), zones: new Lists() },
  };
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  readonly faults: PolicyFault[] = [];
  readonly unreadable = new Map<string, string>();
  readonly incomplete = new IncompleteSets();

  fault(table: PolicyPart, id: string, reason: string): void {
    this.faults.push({ table, id, reason });
  }

  nameOf(table: 'group' | 'zone', document: Document): string | undefined {
    const { id, name } = document;
    if (typeof name !== 'string') {
      this.fault(table, id, 'has no name, or one that is not a string, and is left out');
    } else if (table === 'group' && (name === ALL_ACTIVE || name === SELF)) {
      this.fault(table, id, `has the name of the built-in group ${name} and is left out`);
    } else return name;
    return undefined;
  }

  *field(table: 'group' | 'zone', document: Document, key: string, family: Family): Generator<void, readonly Json[]> {
    const value = document[key];
    const malformed = malformedFields(table, document).find(({ field }) => field === key);
    if (malformed !== undefined) {
      const reason = `${key} ${malformed.reason}`;
      this.fault(table, document.id, reason);
      this.unreadable.set(setName(textOf(document.name), table, family), `${table} ${document.id}: ${reason}`);
    }
    const list = isList(value) ? value : [];
    if (this.#dialect === 'dog2') return list;
    const known = fieldsRead.get(document)?.get(key);
    if (known !== undefined) return known;
    const elements = yield* mapInSteps(list, (element) => withLength(element, family));
    const read = fieldsRead.get(document) ?? new Map<string, readonly Json[]>();
    fieldsRead.set(document, read.set(key, elements));
    return elements;
  }
}

/**
 * Sets that a host would be in if its row could be read: those of its group, of any group if that is what is
 * unreadable.
 */
function lacking(host: Document, to: IncompleteSets): void {
  for (const { field, reason } of malformedFields('host', host)) {
    const why = `host ${host.id}: ${field} ${reason}`;
    for (const family of ['v4', 'v6'] as const) {
      if (field === 'group') to.addAll('group', family, why);
      else {
        to.add(setName(ALL_ACTIVE, 'group', family), why);
        if (typeof host.group === 'string') to.add(setName(host.group, 'group', family), why);
      }
    }
  }
}

/** Hosts between two pauses: the interfaces of each are read once. */
const HOSTS_A_STEP = 256;

function* gatherHosts(
  hosts: readonly Document[],
  max: Policy['hostAddressesMax'],
  dialect: Dialect,
  to: Gatherer,
): Generator<void, void> {
  for (const [at, host] of hosts.entries()) {
    if (at % HOSTS_A_STEP === HOSTS_A_STEP - 1) yield;
    if (host.active !== 'active') {
      lacking(host, to.incomplete);
      continue;
    }
    const { v4, v6, fault } = hostAddresses(host, dialect, max);
    if (fault !== undefined) to.fault('host', host.id, fault);
    lacking(host, to.incomplete);
    // A host's group may be any string: one without a document counts for all-active only.
    const named = typeof host.group === 'string' && host.group !== SELF && host.group !== ALL_ACTIVE;
    for (const [family, addresses] of [
      ['v4', v4],
      ['v6', v6],
    ] as const) {
      const { groups } = to.lists[family];
      groups.append(ALL_ACTIVE, addresses);
      if (named && groups.has(host.group as string)) groups.append(host.group as string, addresses);
    }
  }
}

/**
 * The addresses of every group and zone by name, externals not merged in (docs/rulesets.md#where-addresses-come-from):
 * a group has those of its active hosts and its own external ones; `all-active` those of all active hosts and groups;
 * `self` none. Groups or zones of one name are taken together. Documents that lack something are skipped or completed
 * with defaults, and reported. With pauses; which documents there are is seen before the first one.
 */
export function* ownListsInSteps(policy: Policy, dialect: Dialect): Generator<void, OwnLists> {
  const { hostAddressesMax } = policy;
  const [groups, zones] = [sortedDocuments(policy.group.values()), sortedDocuments(policy.zone.values())];
  const hosts = [...policy.host.values()];
  const to = new Gatherer(dialect);
  for (const family of ['v4', 'v6'] as const)
    for (const name of [ALL_ACTIVE, SELF]) to.lists[family].groups.append(name, []);
  for (const group of groups) {
    const name = to.nameOf('group', group);
    if (name === undefined) continue;
    for (const family of ['v4', 'v6'] as const) {
      const external = yield* to.field('group', group, `external_ip${family}_addresses`, family);
      to.lists[family].groups.append(name, external);
      to.lists[family].groups.append(ALL_ACTIVE, external);
    }
  }
  yield* gatherHosts(hosts, hostAddressesMax, dialect, to);
  for (const zone of zones) {
    const name = to.nameOf('zone', zone);
    if (name === undefined) continue;
    for (const family of ['v4', 'v6'] as const) {
      to.lists[family].zones.append(name, yield* to.field('zone', zone, `ip${family}_addresses`, family));
    }
  }
  const { v4, v6 } = to.lists;
  return {
    groupsV4: v4.groups.byName,
    groupsV6: v6.groups.byName,
    zonesV4: v4.zones.byName,
    zonesV6: v6.zones.byName,
    faults: to.faults,
    unreadable: to.unreadable,
    incomplete: to.incomplete,
  };
}
