import type { Family } from '../addresses/family.js';
import type { WantedSet } from './build-set.js';
import type { SetKind } from './set-name.js';

/** Addresses by the name of their group or zone. */
export type AddressLists = Readonly<Record<string, readonly unknown[]>>;

/** The four maps that sets are made from; an absent one is empty. Names in the external maps are whole base names. */
export interface SetMaps {
  readonly groupsV4?: AddressLists;
  readonly groupsV6?: AddressLists;
  readonly zonesV4?: AddressLists;
  readonly zonesV6?: AddressLists;
}

/** What `dog-trainer compile` takes as kind `ipset`; `merge: false` leaves externals and sorting out. */
export interface SetsInput {
  readonly internal: SetMaps;
  readonly externalUnion?: SetMaps;
  readonly externalPrefix?: SetMaps;
  readonly merge?: boolean;
}

const PARTS: readonly (readonly [keyof SetMaps, SetKind, Family])[] = [
  ['groupsV4', 'group', 'v4'],
  ['groupsV6', 'group', 'v6'],
  ['zonesV4', 'zone', 'v4'],
  ['zonesV6', 'zone', 'v6'],
];

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function entries(lists: AddressLists | undefined): [string, readonly unknown[]][] {
  return Object.entries(lists ?? {}).map(([name, list]) => [name, asList(list)]);
}

/**
 * Merges the environments into the local sets (docs/rulesets.md#sets-of-linked-environments): those of `externalUnion`
 * are united with the local set of the same name, those of `externalPrefix` stay as they came and replace a local set
 * of the same name.
 */
export function mergeSets(input: SetsInput): WantedSet[] {
  const merge = input.merge !== false;
  return PARTS.flatMap(([key, kind, family]) => {
    const wanted = new Map<string, WantedSet>();
    const put = (base: string, addresses: readonly unknown[], order: WantedSet['order']): void => {
      wanted.set(base, { base, kind, family, addresses, order });
    };
    for (const [base, list] of entries(input.internal[key])) put(base, list, merge ? 'sorted' : 'given');
    if (merge) {
      for (const [base, list] of entries(input.externalUnion?.[key])) {
        put(base, [...(wanted.get(base)?.addresses ?? []), ...list], 'sorted');
      }
      for (const [base, list] of entries(input.externalPrefix?.[key])) put(base, list, 'given');
    }
    return [...wanted.values()];
  });
}
