import type { LinkBook } from '../../actors/links/link-book.js';
import type { LinkCall, LinkCast, LinkReply } from '../../actors/links/link-messages.js';
import { OwnSetsMessage } from '../../actors/links/own-sets-message.js';
import type { PublishingGate } from '../../actors/publishing/publishing-gate.js';
import { keyedChildren, type KeyedChildren } from '../../otp/index.js';
import { Slices } from '../../world/slices.js';
import type { CreateLinkBroker } from '../opening/create-link-broker.js';
import type { PolicyState } from './policy-state.js';
import type { ServerBase } from './server-base.js';

/** What is known of linked servers, and the ways to them. */
export interface LinkedState {
  readonly book: LinkBook;
  readonly ownSets: OwnSetsMessage;
  readonly linkBroker: CreateLinkBroker;
  /** Link actors by the link's id. */
  readonly links: KeyedChildren<LinkCast, LinkCall, LinkReply>;
  /** Between two messages of a linked server, milliseconds. */
  readonly intervalMs: number;
}

type Parts = {
  readonly policy: Pick<PolicyState, 'world' | 'dialect'>;
  readonly book: LinkBook;
  readonly gate: PublishingGate;
  readonly linkBroker: CreateLinkBroker;
};

export function linkIntervalMs({ config }: Pick<ServerBase, 'config'>): number {
  return config.external_ipset_periodic_publish_interval_seconds * 1000;
}

export function createLinkedState(base: ServerBase, { policy, book, gate, linkBroker }: Parts): LinkedState {
  const { system, clock, config, metrics } = base;
  const { world, dialect } = policy;
  return {
    book,
    ownSets: new OwnSetsMessage({ clock, config, world, dialect, gate, metrics, slices: new Slices() }),
    linkBroker,
    links: keyedChildren(system, { supervisor: 'link_sup' }),
    intervalMs: linkIntervalMs(base),
  };
}
