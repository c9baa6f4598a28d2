import type { Document, Json } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import type { Dialect } from '../dialect.js';
import { compareBytes } from '../hash/byte-order.js';
import { prefixedBase, setName } from '../sets/set-name.js';
import { IncompleteSets } from './incomplete-sets.js';
import type { OwnLists } from './own-lists.js';
import type { Policy, PolicyFault } from './policy.js';

type ListKey = Exclude<keyof OwnLists, 'faults' | 'unreadable' | 'incomplete'>;

/** The addresses that linked environments sent, by whole base name. */
export type ExternalLists = Readonly<Record<ListKey, ReadonlyMap<string, readonly Json[]>>>;

/** Partitioned by how they are handled: united with our own of the same name, or kept under `ENV#NAME`. */
export interface Externals {
  readonly union: ExternalLists;
  readonly prefix: ExternalLists;
  readonly faults: readonly PolicyFault[];
  /** Sets that may lack what a linked environment sent. */
  readonly incomplete: IncompleteSets;
}

const PARTS: readonly (readonly [ListKey, 'v4' | 'v6', 'groups' | 'zones'])[] = [
  ['groupsV4', 'v4', 'groups'],
  ['groupsV6', 'v6', 'groups'],
  ['zonesV4', 'v4', 'zones'],
  ['zonesV6', 'v6', 'zones'],
];

function emptyLists(): Record<ListKey, Map<string, Json[]>> {
  return {
    groupsV4: new Map(),
    groupsV6: new Map(),
    zonesV4: new Map(),
    zonesV6: new Map(),
  };
}

/** What a linked environment sent, and whether it is kept under its name or united with our own. */
export interface ActiveExternal {
  readonly row: Document & { readonly name: string };
  readonly prefixed: boolean;
}

/**
 * The linked environments that count, by name, then by id, so that the order in which the database gives its rows does
 * not matter. The link of the same name says how they are handled, else the row itself; anything but `prefix` is `union`
 * (docs/http-api.md#external).
 */
export function activeExternals(policy: Policy): readonly ActiveExternal[] {
  const handlingByLink = new Map<string, Json | undefined>();
  for (const link of policy.link.values()) {
    if (typeof link.name === 'string') handlingByLink.set(link.name, link.address_handling);
  }
  return [...policy.external.values()]
    .filter(
      (row): row is Document & { readonly name: string } => row.state === 'active' && typeof row.name === 'string',
    )
    .sort((a, b) => compareBytes(a.name, b.name) || compareBytes(a.id, b.id))
    .map((row) => ({ row, prefixed: (handlingByLink.get(row.name) ?? row.address_handling) === 'prefix' }));
}

/**
 * What active linked environments add (docs/rulesets.md#sets-of-linked-environments): partitioned by handling and
 * sorted by name, so that the order of rows does not matter. Where environments of one kind send the same name, `dog2`
 * unites them; in `dog1` the last one counts alone, as on the Erlang server.
 */
export function externalLists(policy: Policy, dialect: Dialect): Externals {
  const union = emptyLists();
  const prefix = emptyLists();
  const faults: PolicyFault[] = [];
  const incomplete = new IncompleteSets();
  for (const { row, prefixed } of activeExternals(policy)) {
    for (const [key, version, kind] of PARTS) {
      const ofVersion = row[version];
      const lists = isObject(ofVersion) ? ofVersion[kind] : undefined;
      if (!isObject(lists)) {
        const reason = `${version}.${kind} is not an object; taken as empty`;
        faults.push({ table: 'external', id: row.id, reason });
        incomplete.addAll(kind === 'groups' ? 'group' : 'zone', version, `external ${row.id}: ${reason}`);
        continue;
      }
      for (const [name, list] of Object.entries(lists)) {
        const base = prefixed ? prefixedBase(row.name, name) : name;
        const to = (prefixed ? prefix : union)[key];
        const before = (dialect === 'dog2' ? to.get(base) : undefined) ?? [];
        to.set(base, before.concat(isList(list) ? list : [list]));
        if (!isList(list))
          incomplete.add(
            setName(base, kind === 'groups' ? 'group' : 'zone', version),
            `external ${row.id}: ${version}.${kind}.${name} is not a list`,
          );
      }
    }
  }
  return { union, prefix, faults, incomplete };
}
