import type { BrokerConnection, Delivery, Publication } from '../../../src/broker/broker.js';

/** A delivery, and how it was answered. */
export interface HandedDelivery extends Delivery {
  answer: 'ack' | 'requeue' | 'reject' | undefined;
}

/** A consumer that the actor made. */
export interface SmallConsumer {
  readonly queue: string;
  readonly prefetch: number;
  cancelled: boolean;
  /** The broker sends this. */
  deliver(body: Uint8Array, more?: Partial<Delivery>): HandedDelivery;
  /** It ends unasked, with this error. */
  end(error: Error): void;
}

/** A publish that waits for the test to confirm or refuse it. */
export interface SmallPublish {
  readonly message: Publication;
  confirm(): void;
  refuse(error: Error): void;
}

export interface SmallConnection {
  readonly connection: BrokerConnection;
  readonly consumers: SmallConsumer[];
  readonly published: SmallPublish[];
  /** Names of queues that were declared, oldest first; the broker names those without one `reply-<n>`. */
  readonly declared: string[];
  /** What `consume` is rejected with; undefined: it works. */
  refusesConsumers: Error | undefined;
}

/** The part of a connection to a broker that consumes and publishes, with the test as the broker. */
export function smallConnection(): SmallConnection {
  const consumers: SmallConsumer[] = [];
  const published: SmallPublish[] = [];
  const declared: string[] = [];
  const done = (): Promise<void> => Promise.resolve();
  const connection: Partial<BrokerConnection> = {
    declareExchange: done,
    bindQueue: done,
    declareQueue: ({ name }) => {
      const made = name === '' ? `reply-${declared.length + 1}` : name;
      declared.push(made);
      return Promise.resolve({ name: made, messageCount: 0, consumerCount: 0 });
    },
    publish: (message) =>
      new Promise((resolve, reject) => {
        published.push({ message, confirm: resolve, refuse: reject });
      }),
    consume: (queue, { prefetch }, handler) => {
      if (small.refusesConsumers !== undefined) return Promise.reject(small.refusesConsumers);
      let end: (error: Error) => void = () => undefined;
      const ended = new Promise<Error>((resolve) => (end = resolve)) as Promise<never>;
      const deliver: SmallConsumer['deliver'] = (body, more = {}) => {
        const delivery: HandedDelivery = {
          exchange: '',
          routingKey: queue,
          body,
          redelivered: false,
          ...more,
          answer: undefined,
          ack: () => answered(delivery, 'ack'),
          reject: ({ requeue }) => answered(delivery, requeue ? 'requeue' : 'reject'),
        };
        handler(delivery);
        return delivery;
      };
      const consumer: SmallConsumer = { queue, prefetch, cancelled: false, deliver, end };
      consumers.push(consumer);
      const cancel = (): Promise<void> => {
        consumer.cancelled = true;
        return Promise.resolve();
      };
      return Promise.resolve({ tag: 'c', cancel, ended });
    },
  };
  const small: SmallConnection = {
    connection: connection as BrokerConnection,
    consumers,
    published,
    declared,
    refusesConsumers: undefined,
  };
  return small;
}

function answered(delivery: HandedDelivery, answer: 'ack' | 'requeue' | 'reject'): void {
  if (delivery.answer !== undefined) throw new Error(`answered twice: ${delivery.answer}, ${answer}`);
  delivery.answer = answer;
}
