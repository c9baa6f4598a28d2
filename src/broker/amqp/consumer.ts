import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { BrokerError } from '../broker.js';
import type { Consumer, Delivery } from '../broker.js';
import { DueAcks } from './due-acks.js';
import { channelError } from './errors.js';

/** A consumer on a channel of its own. */
export class AmqpConsumer implements Consumer {
  readonly ended: Promise<BrokerError | undefined>;
  /** Settles when the channel is closed; a cancelled consumer's stays open until its last answer. */
  readonly channelClosed: Promise<void>;
  readonly #queue: string;
  readonly #channel: Channel;
  readonly #handler: (delivery: Delivery) => void;
  #settleEnded: (error: BrokerError | undefined) => void = () => undefined;
  readonly #acks = new DueAcks();
  #tag = '';
  #unanswered = 0;
  /** `open`: takes deliveries. `cancelled`: answers only. `gone`: the channel is closed. */
  #state: 'open' | 'cancelled' | 'gone' = 'open';

  private constructor(channel: Channel, queue: string, handler: (delivery: Delivery) => void) {
    this.#channel = channel;
    this.#queue = queue;
    this.#handler = handler;
    this.ended = new Promise((resolve) => (this.#settleEnded = resolve));
    let settleChannel: () => void = () => undefined;
    this.channelClosed = new Promise((resolve) => (settleChannel = resolve));
    let reason: BrokerError | undefined;
    channel.on('error', (error) => (reason = channelError(error)));
    channel.on('close', () => {
      this.#state = 'gone';
      settleChannel();
      // Without a reason it is the connection that closes: `end` follows with the reason.
      if (reason !== undefined) this.end(reason);
    });
  }

  /** @throws BrokerError of scope `channel`: no such queue, exclusive to another, no permission */
  static async start(
    model: ChannelModel,
    queue: string,
    prefetch: number,
    handler: (delivery: Delivery) => void,
  ): Promise<AmqpConsumer> {
    try {
      const channel = await model.createChannel();
      const consumer = new AmqpConsumer(channel, queue, handler);
      if (prefetch > 0) await channel.prefetch(prefetch);
      const { consumerTag } = await channel.consume(queue, (message) => consumer.#receive(message), { noAck: false });
      consumer.#tag = consumerTag;
      return consumer;
    } catch (error) {
      throw channelError(error);
    }
  }

  get tag(): string {
    return this.#tag;
  }

  async cancel(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'cancelled';
      // A failure means that the channel is gone, and with it the consumer: what was wanted.
      await this.#channel.cancel(this.#tag).catch(() => undefined);
      this.#closeWhenAnswered();
    }
    this.#settleEnded(undefined);
  }

  /**
   * Closes the channel after the answers already given. The connection's own close would overtake them, as amqplib
   * writes it at once and the answers in the next turn.
   */
  async shut(): Promise<void> {
    if (this.#state === 'gone') return;
    this.#sendAcks();
    this.end(undefined);
    this.#closeChannel();
    await this.channelClosed;
  }

  /** The channel or the connection is gone. */
  end(error: BrokerError | undefined): void {
    this.#state = 'gone';
    this.#settleEnded(error);
  }

  #receive(message: ConsumeMessage | null): void {
    if (message === null) {
      this.#abandon(new BrokerError('channel', 'not_found', `queue '${this.#queue}' was deleted`));
      return;
    }
    if (this.#state === 'gone') return;
    this.#unanswered++;
    this.#acks.delivered(message.fields.deliveryTag);
    try {
      this.#handler(this.#delivery(message));
    } catch (cause) {
      this.#abandon(new BrokerError('channel', 'protocol', `the handler of queue '${this.#queue}' threw`, { cause }));
    }
  }

  /** Closes the channel, so that the broker puts back what was not answered. */
  #abandon(error: BrokerError): void {
    this.#sendAcks();
    this.end(error);
    this.#closeChannel();
  }

  #closeWhenAnswered(): void {
    if (this.#state !== 'cancelled' || this.#unanswered > 0) return;
    this.#sendAcks();
    this.#state = 'gone';
    this.#closeChannel();
  }

  /** What is acknowledged in one pass of the event loop is told in one go: a commit of the store answers many at once. */
  #ack(tag: number): void {
    if (this.#acks.ack(tag)) setImmediate(() => this.#sendAcks());
  }

  #sendAcks(): void {
    const { upTo, single } = this.#acks.take();
    if (this.#state === 'gone') return;
    try {
      if (upTo !== undefined) this.#channel.ack(withTag(upTo), true);
      for (const tag of single) this.#channel.ack(withTag(tag));
    } catch (error) {
      // The channel is closing, and the broker gives anew what it was not told of.
      this.end(channelError(error));
    }
  }

  #closeChannel(): void {
    // Fails only when it is closed already.
    void this.#channel.close().catch(() => undefined);
  }

  #delivery(message: ConsumeMessage): Delivery {
    let answered = false;
    const answer = (send: () => void): void => {
      if (answered) {
        throw new BrokerError('message', 'protocol', `a delivery of queue '${this.#queue}' was answered twice`);
      }
      answered = true;
      if (this.#state === 'gone') return;
      this.#unanswered--;
      send();
      this.#closeWhenAnswered();
    };
    const { deliveryTag } = message.fields;
    const properties: Readonly<Partial<Record<string, unknown>>> = { ...message.properties };
    const text = (name: string): Readonly<Record<string, string>> | undefined => {
      const value = properties[name];
      return typeof value === 'string' ? { [name]: value } : undefined;
    };
    return {
      exchange: message.fields.exchange,
      routingKey: message.fields.routingKey,
      body: message.content,
      redelivered: message.fields.redelivered,
      ...text('contentType'),
      ...text('replyTo'),
      ...text('correlationId'),
      ...text('userId'),
      ack: () => answer(() => this.#ack(deliveryTag)),
      reject: ({ requeue }) =>
        answer(() => {
          this.#acks.answered(deliveryTag);
          this.#channel.reject(message, requeue);
        }),
    };
  }
}

/** As amqplib wants to be told which delivery is meant. */
function withTag(deliveryTag: number): ConsumeMessage {
  return { fields: { deliveryTag } } as ConsumeMessage;
}
