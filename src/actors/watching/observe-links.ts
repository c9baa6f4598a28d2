import type { Config } from '../../config/schema.js';
import { type LearntBounds, overflowingNames, shownNames, usableSets } from '../../federation/learnt-sets.js';
import { readLink } from '../../federation/link-settings.js';
import { ownNameFault } from '../../federation/own-message.js';
import { toldOtherwise } from '../../federation/told-otherwise.js';
import type { Document, JsonObject } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import { federatedSets } from '../../wire/messages/federation.js';
import { MessageError } from '../../wire/messages/message-error.js';
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

/** Differences in words per link; further ones are counted. */
const MOST_SHOWN = 20;

export interface ObserveLinksNeeds {
  readonly world: Pick<World, 'rows' | 'policy'>;
  readonly config: Pick<Config, 'env'> & { readonly links: LearntBounds };
}

/**
 * Links by name: what this server would make of the sets that another one stored for them, and what it would tell them
 * otherwise. A server that takes over also puts externals in and out of service as their links say.
 */
export function observeLinks({ world, config }: ObserveLinksNeeds): readonly ObservedLink[] {
  const externals = new Map([...world.rows('external').values()].map((row) => [row.name, row]));
  const otherwise = toldOtherwise(world.policy);
  return [...world.rows('link').values()]
    .map((row) => {
      const { name, receives, sends, handling, fault, far, farFault } = readLink(row);
      const external = externals.get(name);
      const active = external?.state === 'active';
      const [v4, v6] = [listsOf(external?.v4), listsOf(external?.v6)];
      const lists = [v4.groups, v4.zones, v6.groups, v6.zones].flatMap((each) => Object.values(each));
      const nothingSent = far === undefined ? (farFault ?? '') : ownNameFault(config.env);
      const differences = [
        ...(fault === undefined ? [] : [`it does nothing: ${fault}`]),
        ...(active && !receives ? ['its sets are in service though the link takes none in: they are taken out'] : []),
        ...(receives && active && external !== undefined
          ? learntOtherwise(external, { name, handling }, config.links)
          : []),
        ...(sends && nothingSent !== undefined ? [`nothing is sent: ${nothingSent}`] : []),
        ...(sends && nothingSent === undefined ? otherwise : []),
      ];
      const shown =
        differences.length > MOST_SHOWN
          ? [...differences.slice(0, MOST_SHOWN), `and ${differences.length - MOST_SHOWN} more`]
          : differences;
      const state = differences.length === 0 ? ('same' as const) : ('differs' as const);
      const addresses = lists.reduce((sum, list) => sum + list.length, 0);
      return { name, state, differences: shown, receives, sends, handling, names: lists.length, addresses };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What of the stored sets this server would not have taken over, by the same rules as for a message. */
function learntOtherwise(
  external: Document,
  link: { readonly name: string; readonly handling: 'union' | 'prefix' },
  bounds: LearntBounds,
): readonly string[] {
  try {
    const usable = usableSets(federatedSets(external), bounds);
    if ('refused' in usable) return [`a message with the sets that are stored is refused: ${usable.refused}`];
    const { sets, leftOut } = usable;
    return shownNames([...leftOut, ...overflowingNames(sets, link.name, link.handling)]);
  } catch (error) {
    if (error instanceof MessageError) return [`a message with the sets that are stored is refused: ${error.message}`];
    throw error;
  }
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
