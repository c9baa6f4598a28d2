import type { Broker } from '../../broker/broker.js';
import type { Journal } from '../../journal/journal.js';
import { createDeliveryState, type DeliveryState } from './delivery-state.js';
import { createFleetState, type FleetState } from './fleet-state.js';
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
}

export interface StateSources {
  readonly broker: Broker;
  readonly journal: Journal | undefined;
  /** Nothing may be settled in the store. */
  readonly observe: boolean;
}

/** @throws StoreError when the store can't be read */
export async function createServerState(
  base: ServerBase,
  { broker, journal, observe }: StateSources,
): Promise<ServerState> {
  const policy = await createPolicyState(base, { observe });
  const delivery = await createDeliveryState(base, { broker, journal });
  return { base, policy, delivery, fleet: createFleetState(base, policy.world) };
}
