import type { Broker, BrokerConnection } from './broker.js';
import { BrokerError } from './broker.js';

/** A broker for one who may lose the right to use it. */
export interface FencedBroker extends Broker {
  /** Ends every connection at once, also those still being made: nothing more is sent. */
  abandon(): void;
}

/**
 * The broker as the one who leads uses it: `mayAct` is asked when a message leaves, so that a process that was frozen
 * sends nothing old before it has noticed, not even what waited for a blocked broker. What is already in the kernel's
 * hands is the broker's heartbeat to stop.
 */
export function fencedBroker(broker: Broker, mayAct: () => boolean): FencedBroker {
  const live = new Set<BrokerConnection>();
  const refusal = (): BrokerError | undefined =>
    mayAct()
      ? undefined
      : new BrokerError(
          'connection',
          'fenced',
          `${broker.describe}: this server does not lead any more, so it sends nothing`,
        );
  return {
    kind: broker.kind,
    describe: broker.describe,
    async connect(signal) {
      const early = refusal();
      if (early !== undefined) throw early;
      const connection = await broker.connect(signal, refusal);
      const late = refusal();
      if (late !== undefined) {
        connection.abandon();
        throw late;
      }
      live.add(connection);
      void connection.closed.then(() => live.delete(connection));
      return connection;
    },
    abandon() {
      for (const connection of [...live]) connection.abandon();
    },
  };
}
