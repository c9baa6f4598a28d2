import { BrokerError } from '../broker.js';
import type { Broker } from '../broker.js';
import { dial } from './dial.js';
import { parseEndpoints, shuffled } from './endpoint.js';
import type { Endpoint } from './endpoint.js';
import { failedConnect } from './errors.js';
import { BROKER_SETTINGS } from './explain-connect.js';
import type { AmqpBrokerOptions } from './options.js';

/**
 * RabbitMQ as the broker. `connect` tries every host once, in random order.
 * @throws Error when a URL is malformed (at once, not when connecting)
 */
export function createAmqpBroker(options: AmqpBrokerOptions): Broker {
  const endpoints = parseEndpoints(options);
  const { settings = BROKER_SETTINGS } = options;
  return {
    kind: 'amqp',
    describe: endpoints.map((endpoint) => endpoint.label).join(', '),
    async connect(signal, refusal) {
      const failed = new Map<Endpoint, BrokerError>();
      for (const endpoint of shuffled(endpoints, options.random ?? Math.random)) {
        try {
          return await dial(endpoint, options, signal, refusal);
        } catch (error) {
          const failure = failedConnect(endpoint.label, error, { tls: endpoint.tls, settings });
          if (signal?.aborted === true) throw failure;
          failed.set(endpoint, failure);
        }
      }
      // In the order of the configuration, so that the same trouble has the same words.
      const failures = endpoints.flatMap((endpoint) => failed.get(endpoint) ?? []);
      const [first] = failures;
      if (failures.length === 1 && first !== undefined) throw first;
      const codes = new Set(failures.map((failure) => failure.code));
      throw new BrokerError(
        'connection',
        codes.size === 1 && first !== undefined ? first.code : 'refused',
        `no broker can be reached: ${failures.map((failure) => failure.message).join('; ')}`,
        { cause: new AggregateError(failures) },
      );
    },
  };
}
