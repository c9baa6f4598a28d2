import { connect, type ConsumeMessage } from 'amqplib';
import type { PrivateRabbit } from '../../../src/bench/peers/private-rabbit.js';

/** A message to agents as it came to the broker. */
export interface Traced {
  /** The broker's user that sent it: one of the servers. */
  readonly user: string;
  readonly exchange: string;
  readonly key: string;
  readonly body: Buffer;
  /** When it was seen here, epoch milliseconds: never before it was sent. */
  readonly at: number;
}

/** All that is sent to agents, and by whom, in the broker's order. */
export interface PublishTrace {
  readonly messages: readonly Traced[];
  close(): Promise<void>;
}

/**
 * Listens to RabbitMQ's firehose (https://www.rabbitmq.com/docs/firehose): the broker itself says who sent a message, so
 * that nothing rests on what the servers say of themselves.
 */
export async function tracePublishes(rabbit: PrivateRabbit): Promise<PublishTrace> {
  await rabbit.ctl('trace_on', '-p', rabbit.vhost);
  const model = await connect(rabbit.url);
  const channel = await model.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const exchange of ['iptables', 'ipsets', 'config'])
    await channel.bindQueue(queue, 'amq.rabbitmq.trace', `publish.${exchange}`);
  const messages: Traced[] = [];
  const note = (message: ConsumeMessage | null): void => {
    if (message === null) return;
    const { user, exchange_name, routing_keys } = message.properties.headers as unknown as {
      readonly user: string;
      readonly exchange_name: string;
      readonly routing_keys: readonly string[];
    };
    const key = routing_keys[0] ?? '';
    messages.push({ user, exchange: exchange_name, key, body: message.content, at: Date.now() });
  };
  await channel.consume(queue, note, { noAck: true });
  return { messages, close: () => model.close() };
}
