import { prefixedBase, setNameCharacterFault, setNameFault } from '../firewall/sets/set-name.js';
import type { FederatedFamily, FederatedSets } from '../wire/messages/federation.js';
import type { Handling } from './link-settings.js';

/** What a linked server has told of itself. */
export type LearntSets = Pick<FederatedSets, 'v4' | 'v6' | 'ec2'>;

/** A name that was left out, and why: one sentence. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface LearntBounds {
  /** Groups and zones of both families together. */
  readonly names_max: number;
  /** Addresses of all of them together. */
  readonly addresses_max: number;
}

const FAMILIES = ['v4', 'v6'] as const;
const KINDS = ['groups', 'zones'] as const;
/** Names told of in words; further ones are counted. */
const MOST_SHOWN = 20;

/**
 * Why a message is not of the linked server that its link is for; undefined: it is. Whoever may publish to the exchange
 * can write any name into the body, so key and body must both name the link
 * (docs/protocol.md#the-name-in-the-body-proves-nothing).
 */
export function senderFault(link: string, routingKey: string, name: string): string | undefined {
  if (routingKey !== link) return `its routing key is ${quoted(routingKey)}, and the link is ${link}`;
  if (name !== link) return `it says that it comes from ${quoted(name)}, and the link is ${link}`;
  return undefined;
}

/**
 * What may be taken over of a message. Names that no set can have, and those with a `#`, which would reach into the sets
 * of another environment, are left out. Over a bound nothing is taken.
 */
export function usableSets(
  { v4, v6, ec2 }: LearntSets,
  { names_max, addresses_max }: LearntBounds,
): { readonly sets: LearntSets; readonly leftOut: readonly LeftOut[] } | { readonly refused: string } {
  const { names, addresses } = countSets({ v4, v6 });
  if (names > names_max)
    return { refused: `it has ${names} groups and zones; at most ${names_max} are taken (links.names_max)` };
  if (addresses > addresses_max)
    return { refused: `it has ${addresses} addresses; at most ${addresses_max} are taken (links.addresses_max)` };
  const leftOut = new Map<string, string>();
  const usable = (lists: FederatedFamily['groups']): FederatedFamily['groups'] =>
    Object.fromEntries(
      Object.entries(lists).filter(([name]) => {
        const reason = unusableName(name);
        if (reason !== undefined) leftOut.set(name, reason);
        return reason === undefined;
      }),
    );
  const family = ({ groups, zones }: FederatedFamily): FederatedFamily => ({
    groups: usable(groups),
    zones: usable(zones),
  });
  const sets = { v4: family(v4), v6: family(v6), ec2 };
  return { sets, leftOut: [...leftOut].map(([name, reason]) => ({ name, reason })) };
}

/** Names too long are seen to where sets are built, since how long they may be rests on the link's handling. */
function unusableName(name: string): string | undefined {
  if (name === '') return 'the name is empty';
  return name.includes('#') ? "a # stands only between an environment's name and a set's" : setNameCharacterFault(name);
}

/** Names whose sets cannot be made as this link is handled: they would be longer than the kernel takes. */
export function overflowingNames(
  sets: Pick<LearntSets, 'v4' | 'v6'>,
  link: string,
  handling: Handling,
): readonly LeftOut[] {
  const names = new Set(FAMILIES.flatMap((family) => KINDS.flatMap((kind) => Object.keys(sets[family][kind]))));
  return [...names].flatMap((name) => {
    const reason = setNameFault(handling === 'prefix' ? prefixedBase(link, name) : name);
    return reason === undefined ? [] : [{ name, reason }];
  });
}

/** For operators: the first names, and how many more there are. */
export function shownNames(names: readonly LeftOut[]): readonly string[] {
  const shown = names.slice(0, MOST_SHOWN).map(({ name, reason }) => `${quoted(name)}: ${reason}`);
  return names.length > MOST_SHOWN ? [...shown, `and ${names.length - MOST_SHOWN} more`] : shown;
}

export function countSets(sets: Pick<LearntSets, 'v4' | 'v6'>): { readonly names: number; readonly addresses: number } {
  let names = 0;
  let addresses = 0;
  for (const family of FAMILIES)
    for (const kind of KINDS)
      for (const list of Object.values(sets[family][kind])) {
        names += 1;
        addresses += list.length;
      }
  return { names, addresses };
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
