import { BrokerConnectionActor } from '../../actors/broker/broker-connection.js';
import { OutboxActor } from '../../actors/broker/outbox-actor.js';
import type { BrokerMakers } from '../../supervisors/broker-sup.js';
import type { ServerState } from '../state/server-state.js';
import { wholeContext } from '../state/whole-context.js';

export function brokerActors(state: ServerState): BrokerMakers {
  const context = wholeContext(state);
  return {
    outbox: () => new OutboxActor(context),
    brokerConnection: () => new BrokerConnectionActor(context, 'publish'),
    reportConnection: () => new BrokerConnectionActor(context, 'reports'),
    drainMs: state.base.config.shutdown_seconds * 1000,
  };
}
