import type { Broker, BrokerConnection, Publication } from '../../../src/broker/broker.js';

/** A broker that tells what is published over it, at the moment at which it leaves. */
export function spiedBroker(broker: Broker, published: (publication: Publication) => void): Broker {
  return {
    kind: broker.kind,
    describe: broker.describe,
    async connect(signal, refusal) {
      const connection = await broker.connect(signal, refusal);
      const publish = (publication: Publication): Promise<void> => {
        if (refusal?.() === undefined) published(publication);
        return connection.publish(publication);
      };
      return new Proxy(connection, {
        get(target, key) {
          if (key === 'publish') return publish;
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
        },
      }) satisfies BrokerConnection;
    },
  };
}
