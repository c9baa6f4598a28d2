import type { Channel, ChannelModel } from 'amqplib';
import type { Socket } from 'node:net';
import { BrokerError } from '../broker.js';
import type {
  BrokerConnection,
  Consumer,
  Delivery,
  ExchangeDeclaration,
  Publication,
  QueueDeclaration,
  QueueInfo,
} from '../broker.js';
import { checkShortStrings } from '../names.js';
import { AmqpConsumer } from './consumer.js';
import { watchConfirms } from './confirm-watch.js';
import { DeclarationChannel } from './declarations.js';
import { lostConnection } from './errors.js';
import { gatheredWrites } from './gathered-writes.js';
import { ConfirmPublisher } from './publisher.js';
import { watchSilence } from './watchdog.js';

/** How long a polite close may take before the socket is destroyed. */
const CLOSE_LIMIT_MS = 5_000;

/** What the connection needs to know besides its link. */
export interface ConnectionSetup {
  readonly label: string;
  readonly socket: Socket;
  /** Ends the TCP connection at once, with what is still to be sent thrown away. */
  readonly reset: () => void;
  readonly heartbeatSeconds: number;
  readonly publishWindow: number;
  /** See `Broker.connect`. */
  readonly refusal: () => BrokerError | undefined;
  /** See `AmqpBrokerOptions`. */
  readonly confirmTimeoutMs: number;
}

/** A live connection to RabbitMQ. */
export class AmqpConnection implements BrokerConnection {
  readonly closed: Promise<BrokerError | undefined>;
  readonly #model: ChannelModel;
  readonly #setup: ConnectionSetup;
  readonly #publisher: ConfirmPublisher;
  readonly #declarations: DeclarationChannel;
  readonly #consumers = new Set<AmqpConsumer>();
  readonly #listeners = new Set<(reason: string | undefined) => void>();
  readonly #stopWatching: () => void;
  #settleClosed: (error: BrokerError | undefined) => void = () => undefined;
  #blocked: string | undefined;
  #ended: BrokerError | undefined;
  #closing: Promise<void> | undefined;
  #saidGoodbye = false;

  constructor(model: ChannelModel, setup: ConnectionSetup) {
    this.#model = model;
    this.#setup = setup;
    this.#publisher = new ConfirmPublisher(model, setup.publishWindow, setup.refusal, gatheredWrites(setup.socket));
    this.#declarations = new DeclarationChannel(model);
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve));
    let reason: Error | undefined;
    model.on('error', (error) => (reason = error));
    model.on('close', (error) => this.#end(lostConnection(setup.label, reason ?? error ?? new Error('closed'))));
    model.on('blocked', (why) => this.#setBlocked(why === '' ? 'blocked' : why));
    model.on('unblocked', () => this.#setBlocked(undefined));
    const { heartbeatSeconds, confirmTimeoutMs, socket, label } = setup;
    const stopWatchingSilence =
      heartbeatSeconds === 0
        ? () => undefined
        : watchSilence(
            heartbeatSeconds,
            () => socket.bytesRead,
            () => {
              const silence = `${label}: nothing heard for nearly two heartbeats of ${heartbeatSeconds} s`;
              this.#end(new BrokerError('connection', 'heartbeat', silence));
            },
          );
    const stopWatchingConfirms = watchConfirms(
      confirmTimeoutMs,
      () => this.#publisher.progress(),
      () => {
        const stuck = `${label}: nothing was confirmed for ${confirmTimeoutMs} ms, though messages wait for it`;
        this.#end(new BrokerError('connection', 'timeout', stuck));
      },
    );
    this.#stopWatching = () => {
      stopWatchingSilence();
      stopWatchingConfirms();
    };
  }

  get blocked(): string | undefined {
    return this.#blocked;
  }

  onBlocked(listener: (reason: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async declareExchange({ name, type, durable }: ExchangeDeclaration): Promise<void> {
    checkShortStrings({ exchange: name });
    await this.#declare((channel) => channel.assertExchange(name, type, { durable, autoDelete: false }));
  }

  async declareQueue({ name, durable, autoDelete, exclusive }: QueueDeclaration): Promise<QueueInfo> {
    checkShortStrings({ queue: name });
    const reply = await this.#declare((channel) => channel.assertQueue(name, { durable, autoDelete, exclusive }));
    return { name: reply.queue, messageCount: reply.messageCount, consumerCount: reply.consumerCount };
  }

  async inspectQueue(name: string): Promise<QueueInfo | undefined> {
    checkShortStrings({ queue: name });
    try {
      const reply = await this.#declare((channel) => channel.checkQueue(name));
      return { name: reply.queue, messageCount: reply.messageCount, consumerCount: reply.consumerCount };
    } catch (error) {
      if (error instanceof BrokerError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  async bindQueue(queue: string, exchange: string, routingKey: string): Promise<void> {
    checkShortStrings({ queue, exchange, 'routing key': routingKey });
    await this.#declare((channel) => channel.bindQueue(queue, exchange, routingKey));
  }

  async unbindQueue(queue: string, exchange: string, routingKey: string): Promise<void> {
    checkShortStrings({ queue, exchange, 'routing key': routingKey });
    await this.#declare((channel) => channel.unbindQueue(queue, exchange, routingKey));
  }

  async deleteQueue(name: string): Promise<void> {
    checkShortStrings({ queue: name });
    await this.#declare((channel) => channel.deleteQueue(name));
  }

  publish(message: Publication): Promise<void> {
    if (this.#closing !== undefined && this.#ended === undefined) return Promise.reject(this.#closedByUs());
    return this.#publisher.publish(message);
  }

  async consume(
    queue: string,
    options: { readonly prefetch: number },
    handler: (delivery: Delivery) => void,
  ): Promise<Consumer> {
    checkShortStrings({ queue });
    this.#throwIfEnded();
    const starting = AmqpConsumer.start(this.#model, queue, options.prefetch, handler);
    const consumer = await this.#orEnded(starting);
    this.#consumers.add(consumer);
    void consumer.channelClosed.then(() => this.#consumers.delete(consumer));
    if (this.#ended !== undefined) consumer.end(this.#ended);
    return consumer;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  abandon(): void {
    this.#end(new BrokerError('connection', 'abandoned', `${this.#setup.label}: this end gave the connection up`));
  }

  async #close(): Promise<void> {
    if (this.#ended !== undefined) return;
    // A blocked broker would confirm only when its alarm ends.
    if (this.#blocked === undefined) await this.#publisher.idle();
    this.#saidGoodbye = true;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_LIMIT_MS)));
    await Promise.race([this.#sayGoodbye(), this.closed, limit]);
    clearTimeout(timer);
    this.#end(undefined);
  }

  async #sayGoodbye(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.shut()));
    // A failure here means that it is closed already.
    await this.#model.close().catch(() => undefined);
  }

  #declare<T>(operation: (channel: Channel) => Promise<T>): Promise<T> {
    this.#throwIfEnded();
    return this.#orEnded(this.#declarations.run(operation));
  }

  /** When the connection was lost meanwhile, that is the reason to give. */
  async #orEnded<T>(operation: Promise<T>): Promise<T> {
    try {
      return await operation;
    } catch (error) {
      throw this.#ended ?? error;
    }
  }

  #throwIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  #setBlocked(reason: string | undefined): void {
    this.#blocked = reason;
    this.#publisher.setBlocked(reason !== undefined);
    for (const listener of [...this.#listeners]) listener(reason);
  }

  /** Once; `error` undefined when `close()` asked for it. */
  #end(error: BrokerError | undefined): void {
    if (this.#ended !== undefined) return;
    // amqplib reports our own close as one, too.
    const asked = error === undefined || (this.#saidGoodbye && error.code === 'closed');
    this.#ended = asked ? this.#closedByUs() : error;
    this.#stopWatching();
    // amqplib only half-closes, which a dead peer never answers. And after a loss a reset throws away what the kernel
    // still holds: sent late, an old message could arrive after newer ones on the next connection.
    if (asked) this.#setup.socket.destroy();
    else this.#setup.reset();
    this.#publisher.end(this.#ended);
    for (const consumer of [...this.#consumers]) consumer.end(asked ? undefined : error);
    this.#settleClosed(asked ? undefined : error);
  }

  #closedByUs(): BrokerError {
    return new BrokerError('connection', 'closed', `${this.#setup.label}: the connection is closed`);
  }
}
