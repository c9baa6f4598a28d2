import { overflowingNames, shownNames } from '../../federation/learnt-sets.js';
import { readLink } from '../../federation/link-settings.js';
import type { JsonObject } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import type { World } from '../../world/world.js';

/** How what this server would make of a link compares with what the database has of it. */
export type ObservedLink = {
  readonly name: string;
  readonly state: 'same' | 'differs';
  /** What this server would change, one sentence each. */
  readonly differences: readonly string[];
  readonly receives: boolean;
  readonly sends: boolean;
  readonly handling: 'union' | 'prefix';
  /** Of the external: groups and zones of both families, and their addresses. */
  readonly names: number;
  readonly addresses: number;
};

/** Links by name. A server that takes over puts externals in and out of service as their links say. */
export function observeLinks(world: Pick<World, 'rows'>): readonly ObservedLink[] {
  const externals = new Map([...world.rows('external').values()].map((row) => [row.name, row]));
  return [...world.rows('link').values()]
    .map((row) => {
      const { name, receives, sends, handling, fault, far, farFault } = readLink(row);
      const external = externals.get(name);
      const active = external?.state === 'active';
      const [v4, v6] = [listsOf(external?.v4), listsOf(external?.v6)];
      const leftOut = overflowingNames({ v4, v6 }, name, handling);
      const lists = [v4.groups, v4.zones, v6.groups, v6.zones].flatMap((each) => Object.values(each));
      const differences = [
        ...(fault === undefined ? [] : [`it does nothing: ${fault}`]),
        ...(sends && far === undefined ? [`nothing is sent: ${farFault ?? ''}`] : []),
        ...(active && !receives ? ['its sets are in service though the link takes none in: they are taken out'] : []),
        ...(receives && active ? shownNames(leftOut) : []),
      ];
      const state = differences.length === 0 ? ('same' as const) : ('differs' as const);
      const addresses = lists.reduce((sum, list) => sum + list.length, 0);
      return { name, state, differences, receives, sends, handling, names: lists.length, addresses };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Lists = Readonly<Record<'groups' | 'zones', Readonly<Record<string, readonly string[]>>>>;

/** What is malformed counts as empty. */
function listsOf(family: JsonObject[string] | undefined): Lists {
  const of = (kind: 'groups' | 'zones'): Lists['groups'] => {
    const lists = isObject(family) ? family[kind] : undefined;
    if (!isObject(lists)) return {};
    return Object.fromEntries(
      Object.entries(lists).map(([name, list]) => [
        name,
        (isList(list) ? list : []).filter((address) => typeof address === 'string'),
      ]),
    );
  };
  return { groups: of('groups'), zones: of('zones') };
}
