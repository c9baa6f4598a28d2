import { LinkBook } from '../../actors/links/link-book.js';
import type { Broker } from '../../broker/broker.js';
import type { Journal } from '../../journal/journal.js';
import type { CreateLinkBroker } from '../opening/create-link-broker.js';
import { createDeliveryState, type DeliveryState } from './delivery-state.js';
import { createFleetState, type FleetState } from './fleet-state.js';
import { createLinkedState, linkIntervalMs, type LinkedState } from './linked-state.js';
import { createPolicyState, type PolicyState } from './policy-state.js';
import type { ServerBase } from './server-base.js';

/**
 * The state of a server that does the work: plain objects that outlive a crash of those who write them. Reading them
 * costs no message, and each has one writer or is safe for several. Stays in this room: actors get of it what they
 * declare (`src/server/actors`).
 */
export interface ServerState {
  /** Its store is good for this server's lead alone, where servers are elected. */
  readonly base: ServerBase;
  readonly policy: PolicyState;
  readonly delivery: DeliveryState;
  readonly fleet: FleetState;
  readonly linked: LinkedState;
}

export interface StateSources {
  readonly broker: Broker;
  readonly journal: Journal | undefined;
  readonly linkBroker: CreateLinkBroker;
  /** Nothing may be settled in the store. */
  readonly observe: boolean;
}

/** @throws StoreError when the store can't be read */
export async function createServerState(
  base: ServerBase,
  { broker, journal, linkBroker, observe }: StateSources,
): Promise<ServerState> {
  const policy = await createPolicyState(base, { observe });
  const { system } = base;
  const book = new LinkBook({ clock: system.clock, world: policy.world, intervalMs: linkIntervalMs(base) });
  const delivery = await createDeliveryState(base, { broker, journal, unheard: () => book.waiting() });
  const linked = createLinkedState(base, { policy, book, gate: delivery.gate, linkBroker });
  return { base, policy, delivery, linked, fleet: createFleetState(base, policy) };
}

/** All of it side by side, for those who embed a server and look inside: tests and the demonstration. No actor gets it. */
export type FlatState = ServerBase & PolicyState & DeliveryState & FleetState & LinkedState;

export function flatState({ base, policy, delivery, fleet, linked }: ServerState): FlatState {
  return { ...base, ...policy, ...delivery, ...fleet, ...linked };
}
