import type { Broker } from '../../broker/broker.js';
import { configOf } from '../../sim/agent-identity.js';
import { declareAgentQueue, queueName } from '../../sim/agent-topology.js';
import { fleetHost } from '../../sim/fleet-hosts.js';

/** Agents that share a connection here; in the field each has its own. */
const PER_CONNECTION = 500;

/** The queues of hosts of one group, consumed as agents do, and when messages came to them. */
export interface AgentQueues {
  /** For each host, when (by `performance.now()`) the first message came after the last `forget()`. */
  readonly arrivals: ReadonlyMap<string, number>;
  forget(): void;
  close(): Promise<void>;
}

/** Declares, binds and consumes `count` queues; a queue costs RabbitMQ about a millisecond. */
export async function openAgentQueues(broker: Broker, group: string, count: number): Promise<AgentQueues> {
  const arrivals = new Map<string, number>();
  const open = async (from: number) => {
    const connection = await broker.connect();
    for (let index = from; index < Math.min(count, from + PER_CONNECTION); index += 1) {
      const config = configOf(fleetHost(index, group));
      await declareAgentQueue(connection, 'iptables', config);
      await connection.consume(queueName('iptables', config), { prefetch: 1 }, (delivery) => {
        // Sets come to every host; the ruleset's key names the group.
        if (delivery.exchange === 'iptables' && !arrivals.has(config.hostkey))
          arrivals.set(config.hostkey, performance.now());
        delivery.ack();
      });
    }
    return connection;
  };
  const connections = await Promise.all(
    Array.from({ length: Math.ceil(count / PER_CONNECTION) }, (_, i) => open(i * PER_CONNECTION)),
  );
  return {
    arrivals,
    forget: () => arrivals.clear(),
    close: async () => void (await Promise.all(connections.map((connection) => connection.close()))),
  };
}
