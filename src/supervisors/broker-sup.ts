import { BrokerConnectionActor } from '../actors/broker/broker-connection.js';
import type { ServerContext } from '../actors/context.js';
import { OutboxActor } from '../actors/broker/outbox-actor.js';
import { supervisorSpec } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/**
 * The outbox first, then the connection that empties it, then the one that reports come in over.
 * An absent broker is a state of the connection and no crash; ten crashes in a minute are more than bad luck.
 */
export function brokerSup(context: ServerContext) {
  return supervisorSpec('broker_sup', { strategy: 'rest_for_one', intensity: 10, periodS: 60 }, () => [
    workerSpec('outbox', () => new OutboxActor(context)),
    // Its last words wait until the outbox is drained.
    workerSpec('broker_connection', () => new BrokerConnectionActor(context, 'publish'), {
      shutdown: context.config.shutdown_seconds * 1000,
    }),
    workerSpec('report_connection', () => new BrokerConnectionActor(context, 'reports')),
  ]);
}
