import type { Document, Json } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import type { Family } from '../addresses/family.js';
import { fullText } from '../addresses/full-text.js';
import type { Dialect } from '../dialect.js';
import { finish } from '../finish.js';
import { hostAddresses } from './host-addresses.js';
import { IncompleteSets } from './incomplete-sets.js';
import type { Policy, PolicyFault, PolicyPart } from './policy.js';
import { sortedDocuments } from './sorted-documents.js';
import { malformedFields } from './malformed-fields.js';
import { setName } from '../sets/set-name.js';
import { textOf } from '../../model/text-of.js';

/** Addresses by name, as policy has them: canonical with their prefix length, junk not yet removed. */
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

type Lists = Map<string, Json[]>;

function listIn(lists: Lists, name: string): Json[] {
  const found = lists.get(name);
  if (found !== undefined) return found;
  const made: Json[] = [];
  lists.set(name, made);
  return made;
}

/** Addresses, or documents, between two pauses. */
const STEP = 4096;

/** Appends one at a time: a spread of a million elements overflows the stack. */
function append(list: Json[], elements: readonly Json[]): void {
  for (const element of elements) list.push(element);
}

function withLength(element: Json, family: Family): Json {
  return typeof element === 'string' ? (fullText(element, family) ?? element) : element;
}

/** Gathers the lists of one policy. */
class Gatherer {
  readonly lists: Record<Family, Record<'groups' | 'zones', Lists>> = {
    v4: { groups: new Map(), zones: new Map() },
    v6: { groups: new Map(), zones: new Map() },
  };
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

  *field(table: 'group' | 'zone', document: Document, key: string, family: Family): Generator<void, Json[]> {
    const value = document[key];
    const malformed = malformedFields(table, document).find(({ field }) => field === key);
    if (malformed !== undefined) {
      const reason = `${key} ${malformed.reason}`;
      this.fault(table, document.id, reason);
      this.unreadable.set(setName(textOf(document.name), table, family), `${table} ${document.id}: ${reason}`);
    }
    const elements: Json[] = [];
    for (const element of isList(value) ? value : []) {
      elements.push(withLength(element, family));
      if (elements.length % STEP === 0) yield;
    }
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

function* gatherHosts(
  hosts: readonly Document[],
  max: Policy['hostAddressesMax'],
  dialect: Dialect,
  to: Gatherer,
): Generator<void, void> {
  for (const [at, host] of hosts.entries()) {
    if (at % STEP === STEP - 1) yield;
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
      append(listIn(groups, ALL_ACTIVE), addresses);
      const own = named ? groups.get(host.group as string) : undefined;
      if (own !== undefined) append(own, addresses);
    }
  }
}

/**
 * The addresses of every group and zone by name, externals not merged in (docs/rulesets.md#where-addresses-come-from):
 * a group has those of its active hosts and its own external ones; `all-active` those of all active hosts and groups;
 * `self` none. Groups or zones of one name are taken together. Documents that lack something are skipped or completed
 * with defaults, and reported.
 */
export function ownLists(policy: Policy, dialect: Dialect): OwnLists {
  return finish(ownListsInSteps(policy, dialect));
}

/** The same with pauses; which documents there are is seen before the first one. */
export function* ownListsInSteps(policy: Policy, dialect: Dialect): Generator<void, OwnLists> {
  const { hostAddressesMax } = policy;
  const [groups, zones] = [sortedDocuments(policy.group.values()), sortedDocuments(policy.zone.values())];
  const hosts = [...policy.host.values()];
  const to = new Gatherer();
  for (const family of ['v4', 'v6'] as const)
    for (const name of [ALL_ACTIVE, SELF]) listIn(to.lists[family].groups, name);
  for (const group of groups) {
    const name = to.nameOf('group', group);
    if (name === undefined) continue;
    for (const family of ['v4', 'v6'] as const) {
      const external = yield* to.field('group', group, `external_ip${family}_addresses`, family);
      append(listIn(to.lists[family].groups, name), external);
      append(listIn(to.lists[family].groups, ALL_ACTIVE), external);
    }
  }
  yield* gatherHosts(hosts, hostAddressesMax, dialect, to);
  for (const zone of zones) {
    const name = to.nameOf('zone', zone);
    if (name === undefined) continue;
    for (const family of ['v4', 'v6'] as const) {
      append(listIn(to.lists[family].zones, name), yield* to.field('zone', zone, `ip${family}_addresses`, family));
    }
  }
  const { v4, v6 } = to.lists;
  return {
    groupsV4: v4.groups,
    groupsV6: v6.groups,
    zonesV4: v4.zones,
    zonesV6: v6.zones,
    faults: to.faults,
    unreadable: to.unreadable,
    incomplete: to.incomplete,
  };
}
