import type { BrokerConnection, QueueDeclaration } from '../broker/broker.js';
import type { HostConfig } from '../wire/messages/config.js';

/** The queues that an agent consumes. */
export type AgentQueue = 'config' | 'iptables' | 'file_transfer';

export const AGENT_QUEUES: readonly AgentQueue[] = ['config', 'iptables', 'file_transfer'];

export function queueName(queue: AgentQueue, { hostkey }: HostConfig): string {
  return `${queue}.${hostkey}`;
}

/** What reports go to: declared by both sides alike (docs/protocol.md#exchanges-and-queues). */
export async function declareReports(connection: BrokerConnection): Promise<void> {
  await connection.declareExchange({ name: 'ips', type: 'topic', durable: true });
  await connection.declareQueue({ name: 'ips', durable: true, autoDelete: false, exclusive: false });
  await connection.bindQueue('ips', 'ips', '#');
}

/** One of the agent's own queues, with its exchanges and bindings; environment and location go in as they are. */
export async function declareAgentQueue(
  connection: BrokerConnection,
  queue: AgentQueue,
  config: HostConfig,
): Promise<void> {
  const name = queueName(queue, config);
  const declaration: QueueDeclaration = { name, durable: true, autoDelete: true, exclusive: false };
  const place = `${config.environment}.${config.location}`;
  switch (queue) {
    case 'config':
      await connection.declareExchange({ name: 'config', type: 'direct', durable: true });
      await connection.declareQueue(declaration);
      await connection.bindQueue(name, 'config', config.hostkey);
      return;
    case 'iptables':
      await connection.declareExchange({ name: 'ipsets', type: 'fanout', durable: true });
      await connection.declareExchange({ name: 'iptables', type: 'topic', durable: true });
      await connection.declareQueue(declaration);
      await connection.bindQueue(name, 'ipsets', 'fanout');
      await connection.bindQueue(name, 'iptables', `${place}.*.${config.hostkey}`);
      await connection.bindQueue(name, 'iptables', `${place}.${config.group}.*`);
      return;
    case 'file_transfer':
      await connection.declareExchange({ name: 'file_transfer', type: 'topic', durable: true });
      await connection.declareQueue(declaration);
      await connection.bindQueue(name, 'file_transfer', `${place}.${config.group}.*`);
      await connection.bindQueue(name, 'file_transfer', `${place}.*.${config.hostkey}`);
      return;
  }
}
