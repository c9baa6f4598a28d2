import { LinkActor, type LinkActorNeeds } from '../../actors/links/link-actor.js';
import { LinkKeeper } from '../../actors/links/link-keeper.js';
import type { LinksMakers } from '../../supervisors/links-sup.js';
import type { ServerState } from '../state/server-state.js';

export function linkActors({ base, policy, delivery, linked }: ServerState): LinksMakers {
  const { clock, config, store, alarms, metrics, log } = base;
  const { world } = policy;
  const { reportsLink } = delivery;
  const { book, links, ownSets, linkBroker, intervalMs } = linked;
  const baseMs = config.broker.reconnect_min_ms;
  const reconnect = { baseMs, maxMs: Math.max(baseMs, config.links.reconnect_max_ms) };
  // Shared by all links.
  const needs: LinkActorNeeds = {
    clock,
    config,
    store,
    alarms,
    metrics,
    log,
    world,
    book,
    ownSets,
    linkBroker,
    reportsLink,
    reconnect,
    intervalMs,
  };
  return {
    link: (id) => new LinkActor(needs, id),
    keeper: () => new LinkKeeper({ world, links, book, intervalMs }),
  };
}
