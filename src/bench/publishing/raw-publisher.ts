import type { BrokerConnection } from '../../broker/broker.js';
import { timed } from '../by-turns.js';

const EXCHANGE = 'bench.raw';
const QUEUE = 'bench.raw';

/** Publishes bodies to a queue of their own, and waits for all their confirms: the least that publishing takes. */
export interface RawPublisher {
  /** Milliseconds. */
  publish(bodies: readonly Uint8Array[]): Promise<number>;
}

/** Declares the queue and consumes it, as agents do. */
export async function openRawPublisher(connection: BrokerConnection): Promise<RawPublisher> {
  await connection.declareExchange({ name: EXCHANGE, type: 'topic', durable: true });
  await connection.declareQueue({ name: QUEUE, durable: true, autoDelete: true, exclusive: false });
  await connection.bindQueue(QUEUE, EXCHANGE, '#');
  await connection.consume(QUEUE, { prefetch: 1000 }, (delivery) => delivery.ack());
  return {
    publish: (bodies) =>
      timed(() =>
        Promise.all(
          bodies.map((body) =>
            connection.publish({
              exchange: EXCHANGE,
              routingKey: '*.*.group.*',
              body,
              contentType: 'text/json',
              persistent: true,
            }),
          ),
        ),
      ),
  };
}
