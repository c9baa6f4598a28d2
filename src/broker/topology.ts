import type { BrokerConnection, ExchangeDeclaration, QueueDeclaration } from './broker.js';

/** A queue bound to an exchange. */
export interface Binding {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
}

/** What one party declares, in order. Every party's properties must be the same, or its channel dies. */
export interface Topology {
  readonly exchanges: readonly ExchangeDeclaration[];
  readonly queues: readonly QueueDeclaration[];
  readonly bindings: readonly Binding[];
}

/** The queue of the agents' reports, consumed by the server. */
export const REPORT_QUEUE = 'ips';

/**
 * A queue that old installations declared and nobody ever consumed (docs/protocol.md#the-queue-that-nobody-consumes).
 */
export const LEGACY_QUEUE = 'file_transfer';

const exchanges: readonly ExchangeDeclaration[] = [
  { name: 'ips', type: 'topic', durable: true },
  { name: 'config', type: 'direct', durable: true },
  { name: 'iptables', type: 'topic', durable: true },
  { name: 'ipsets', type: 'fanout', durable: true },
  { name: 'file_transfer', type: 'topic', durable: true },
];

const reportQueue: QueueDeclaration = { name: REPORT_QUEUE, durable: true, autoDelete: false, exclusive: false };
const reportBinding: Binding = { queue: REPORT_QUEUE, exchange: 'ips', routingKey: '#' };

/**
 * What the server declares (docs/protocol.md#exchanges-and-queues). The queue `file_transfer` of old is left out
 * (docs/protocol.md#the-queue-that-nobody-consumes).
 */
export const serverTopology: Topology = { exchanges, queues: [reportQueue], bindings: [reportBinding] };

/** Where linked servers publish to; each of them declares it on both sides. */
export const INBOUND: ExchangeDeclaration = { name: 'inbound', type: 'topic', durable: true };

/** What a server declares on its own broker to hear of the linked server with this `env` (docs/protocol.md#linked-servers). */
export function inboundTopology(env: string): Topology & { readonly queue: string } {
  const queue = `inbound_${env}`;
  return {
    queue,
    exchanges: [INBOUND, { name: 'outbound', type: 'fanout', durable: true }],
    queues: [{ name: queue, durable: true, autoDelete: true, exclusive: false }],
    bindings: [{ queue, exchange: INBOUND.name, routingKey: env }],
  };
}

/** Who an agent is. `environment` and `location` are `*` in practice (docs/protocol.md#keys-with-literal-asterisks). */
export interface AgentIdentity {
  readonly environment: string;
  readonly location: string;
  readonly group: string;
  readonly hostkey: string;
}

/** The queues of an agent; they live while it is connected. */
export function agentQueues(hostkey: string): {
  readonly config: string;
  readonly iptables: string;
  readonly fileTransfer: string;
} {
  return { config: `config.${hostkey}`, iptables: `iptables.${hostkey}`, fileTransfer: `file_transfer.${hostkey}` };
}

/** What an agent declares (docs/protocol.md#exchanges-and-queues); it consumes its three queues. */
export function agentTopology({ environment, location, group, hostkey }: AgentIdentity): Topology {
  const { config, iptables, fileTransfer } = agentQueues(hostkey);
  const queue = (name: string): QueueDeclaration => ({ name, durable: true, autoDelete: true, exclusive: false });
  const ofHost = `${environment}.${location}.*.${hostkey}`;
  const ofGroup = `${environment}.${location}.${group}.*`;
  return {
    exchanges,
    queues: [reportQueue, queue(config), queue(iptables), queue(fileTransfer)],
    bindings: [
      reportBinding,
      { queue: config, exchange: 'config', routingKey: hostkey },
      { queue: iptables, exchange: 'ipsets', routingKey: 'fanout' },
      { queue: iptables, exchange: 'iptables', routingKey: ofHost },
      { queue: iptables, exchange: 'iptables', routingKey: ofGroup },
      { queue: fileTransfer, exchange: 'file_transfer', routingKey: ofGroup },
      { queue: fileTransfer, exchange: 'file_transfer', routingKey: ofHost },
    ],
  };
}

/** Declares all of it; idempotent. @throws BrokerError precondition when somebody declared it otherwise */
export async function declareTopology(connection: BrokerConnection, topology: Topology): Promise<void> {
  for (const exchange of topology.exchanges) await connection.declareExchange(exchange);
  for (const queue of topology.queues) await connection.declareQueue(queue);
  for (const { queue, exchange, routingKey } of topology.bindings) {
    await connection.bindQueue(queue, exchange, routingKey);
  }
}

/** Declares what the server needs on a new connection. */
export function declareServerTopology(connection: BrokerConnection): Promise<void> {
  return declareTopology(connection, serverTopology);
}
