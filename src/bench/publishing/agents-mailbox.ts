import { once, EventEmitter } from 'node:events';
import type { BrokerConnection } from '../../broker/broker.js';

/** A message, and when (by `performance.now()`) it was there. */
export interface Arrival {
  readonly at: number;
  readonly body: Uint8Array;
}

/** A queue that gets every ruleset, as all agents' queues together do. */
export interface AgentsMailbox {
  /** Since it was emptied last, in order. */
  readonly arrivals: readonly Arrival[];
  empty(): void;
  /** Resolves when so many have come. Rejects after a minute. */
  hold(count: number): Promise<void>;
}

const LONGEST_MS = 60_000;
const QUEUE = 'bench.rulesets';

/** Declares, binds and consumes it. */
export async function openAgentsMailbox(connection: BrokerConnection): Promise<AgentsMailbox> {
  const arrivals: Arrival[] = [];
  const came = new EventEmitter();
  await connection.declareExchange({ name: 'iptables', type: 'topic', durable: true });
  await connection.declareQueue({ name: QUEUE, durable: true, autoDelete: true, exclusive: false });
  await connection.bindQueue(QUEUE, 'iptables', '#');
  await connection.consume(QUEUE, { prefetch: 1000 }, (delivery) => {
    arrivals.push({ at: performance.now(), body: delivery.body });
    delivery.ack();
    came.emit('message');
  });
  return {
    arrivals,
    empty: () => void arrivals.splice(0),
    async hold(count) {
      const signal = AbortSignal.timeout(LONGEST_MS);
      while (arrivals.length < count)
        await once(came, 'message', { signal }).catch(() => {
          throw new Error(`only ${arrivals.length} of ${count} rulesets came within a minute`);
        });
    },
  };
}
