import type { Broker, BrokerConnection } from './broker.js';
import { BrokerError } from './broker.js';

/** A broker for one who may lose the right to use it. */
export interface FencedBroker extends Broker {
  /** Ends every connection at once, also those still being made: nothing more is sent. */
  abandon(): void;
}

/**
 * The broker as the one who leads uses it: `mayAct` is asked at every publish, so that a process that was frozen sends
 * nothing old before it has noticed. What is already in the kernel's hands is the broker's heartbeat to stop.
 */
export const fencedBroker = (broker: Broker, mayAct: () => boolean): FencedBroker => {
  const live = new Set<BrokerConnection>();
  const refusal = (): BrokerError =>
    new BrokerError(
      'connection',
      'fenced',
      `${broker.describe}: this server does not lead any more, so it sends nothing`,
    );
  return {
    kind: broker.kind,
    describe: broker.describe,
    async connect(signal) {
      if (!mayAct()) throw refusal();
      const connection = await broker.connect(signal);
      if (!mayAct()) {
        connection.abandon();
        throw refusal();
      }
      live.add(connection);
      void connection.closed.then(() => live.delete(connection));
      return fencedConnection(connection, () => (mayAct() ? undefined : refusal()));
    },
    abandon() {
      for (const connection of [...live]) connection.abandon();
    },
  };
};

const fencedConnection = (connection: BrokerConnection, refusal: () => BrokerError | undefined): BrokerConnection => ({
  declareExchange: (exchange) => connection.declareExchange(exchange),
  declareQueue: (queue) => connection.declareQueue(queue),
  inspectQueue: (name) => connection.inspectQueue(name),
  bindQueue: (queue, exchange, routingKey) => connection.bindQueue(queue, exchange, routingKey),
  unbindQueue: (queue, exchange, routingKey) => connection.unbindQueue(queue, exchange, routingKey),
  deleteQueue: (name) => connection.deleteQueue(name),
  publish(message) {
    const refused = refusal();
    return refused === undefined ? connection.publish(message) : Promise.reject(refused);
  },
  consume: (queue, options, handler) => connection.consume(queue, options, handler),
  get blocked() {
    return connection.blocked;
  },
  onBlocked: (listener) => connection.onBlocked(listener),
  closed: connection.closed,
  close: () => connection.close(),
  abandon: () => connection.abandon(),
});
