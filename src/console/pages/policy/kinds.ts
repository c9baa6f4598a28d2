import type { DraftResource } from '../../draft/draft-entry.js';

export type KindSegment = 'profiles' | 'zones' | 'services' | 'links' | 'groups';

/** A kind of document that has pages here. */
export interface Kind {
  /** In the address: `#/policy/zones`. */
  readonly segment: KindSegment;
  readonly resource: DraftResource;
  readonly title: string;
  /** One of them. */
  readonly one: string;
  /** What one is for, to somebody who has none yet. */
  readonly about: string;
}

export const KINDS: readonly Kind[] = [
  {
    segment: 'profiles',
    resource: 'profile',
    title: 'Profiles',
    one: 'profile',
    about: 'A profile holds the rules that the hosts of a group get.',
  },
  {
    segment: 'zones',
    resource: 'zone',
    title: 'Zones',
    one: 'zone',
    about: 'A zone is a list of networks with a name that rules use.',
  },
  {
    segment: 'services',
    resource: 'service',
    title: 'Services',
    one: 'service',
    about: 'A service is a list of protocols and ports with a name that rules use.',
  },
  {
    segment: 'groups',
    resource: 'group',
    title: 'Groups',
    one: 'group',
    about: 'A group joins hosts with the profile that they get.',
  },
  {
    segment: 'links',
    resource: 'link',
    title: 'Links',
    one: 'link',
    about: 'A link exchanges addresses with another environment.',
  },
];

export function kindOf(segment: string | undefined): Kind | undefined {
  return KINDS.find((kind) => kind.segment === segment);
}
