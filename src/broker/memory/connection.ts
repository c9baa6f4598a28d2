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
import { checkPublication, checkShortStrings, describePublication } from '../names.js';
import { MemoryConsumer } from './consumer.js';
import type { MemoryNode } from './node.js';

interface WaitingPublish {
  readonly message: Publication;
  readonly resolve: () => void;
  readonly reject: (error: BrokerError) => void;
}

/** What the broker's test hooks decide about publishes. */
export interface PublishFaults {
  /** True when the next publish is to be refused with a nack. */
  takeNack(): boolean;
  /** See `Broker.connect`. */
  refusal(): BrokerError | undefined;
}

/** A connection to the in-process broker. */
export class MemoryConnection implements BrokerConnection {
  readonly closed: Promise<BrokerError | undefined>;
  readonly #node: MemoryNode;
  readonly #faults: PublishFaults;
  readonly #onGone: (connection: MemoryConnection) => void;
  readonly #consumers = new Set<MemoryConsumer>();
  readonly #listeners = new Set<(reason: string | undefined) => void>();
  /** Held back while blocked. */
  #waiting: WaitingPublish[] = [];
  /** Sent, not yet confirmed. */
  readonly #unconfirmed = new Set<WaitingPublish>();
  #settleClosed: (error: BrokerError | undefined) => void = () => undefined;
  #gone: BrokerError | undefined;
  #blocked: string | undefined;
  #idle: (() => void)[] = [];
  #tags = 0;
  #closing: Promise<void> | undefined;

  constructor(node: MemoryNode, faults: PublishFaults, onGone: (connection: MemoryConnection) => void) {
    this.#node = node;
    this.#faults = faults;
    this.#onGone = onGone;
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve));
  }

  get blocked(): string | undefined {
    return this.#blocked;
  }

  onBlocked(listener: (reason: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  declareExchange(exchange: ExchangeDeclaration): Promise<void> {
    return this.#call(() => this.#node.declareExchange(exchange), { exchange: exchange.name });
  }

  declareQueue(queue: QueueDeclaration): Promise<QueueInfo> {
    return this.#call(() => this.#node.declareQueue(queue, this).info, { queue: queue.name });
  }

  inspectQueue(name: string): Promise<QueueInfo | undefined> {
    return this.#call(() => (this.#node.hasQueue(name) ? this.#node.queue(name, this).info : undefined));
  }

  bindQueue(queue: string, exchange: string, routingKey: string): Promise<void> {
    const names = { queue, exchange, 'routing key': routingKey };
    return this.#call(() => this.#node.exchange(exchange).bind(this.#node.queue(queue, this), routingKey), names);
  }

  unbindQueue(queue: string, exchange: string, routingKey: string): Promise<void> {
    return this.#call(() => this.#node.exchange(exchange).unbind(this.#node.queue(queue, this), routingKey));
  }

  deleteQueue(name: string): Promise<void> {
    return this.#call(() => {
      if (this.#node.hasQueue(name)) this.#node.deleteQueue(this.#node.queue(name, this));
    });
  }

  consume(
    queue: string,
    options: { readonly prefetch: number },
    handler: (delivery: Delivery) => void,
  ): Promise<Consumer> {
    return this.#call(() => {
      const from = this.#node.queue(queue, this);
      const consumer = new MemoryConsumer(this.#node, from, `ctag-${++this.#tags}`, options.prefetch, handler);
      this.#consumers.add(consumer);
      void consumer.ended.then(() => this.#forget(consumer));
      from.addConsumer(consumer);
      // Deliveries start after the broker's answer, as in AMQP.
      this.#node.later(() => from.dispatch());
      return consumer;
    });
  }

  publish(message: Publication): Promise<void> {
    return new Promise((resolve, reject) => {
      checkPublication(message); // a throw in here rejects
      if (this.#gone !== undefined) reject(this.#gone);
      else if (this.#closing !== undefined) reject(this.#closedByUs());
      else if (this.#blocked !== undefined) this.#waiting.push({ message, resolve, reject });
      else this.#send({ message, resolve, reject });
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  abandon(): void {
    this.end(new BrokerError('connection', 'abandoned', 'this end gave the connection to the in-process broker up'));
  }

  async #close(): Promise<void> {
    if (this.#gone !== undefined) return;
    if (this.#blocked === undefined && this.#unconfirmed.size > 0)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    this.end(undefined);
    await this.closed;
  }

  /** Ends the connection: `error` undefined after `close()`. Everything pending rejects. */
  end(error: BrokerError | undefined): void {
    if (this.#gone !== undefined) return;
    const reason = error ?? this.#closedByUs();
    this.#gone = reason;
    for (const publish of [...this.#unconfirmed, ...this.#waiting]) publish.reject(reason);
    this.#unconfirmed.clear();
    this.#waiting = [];
    this.#wakeIdle();
    for (const consumer of [...this.#consumers]) consumer.channelGone(error);
    this.#node.connectionGone(this);
    this.#onGone(this);
    this.#node.later(() => this.#settleClosed(error));
  }

  /** Test hook: the broker refuses publishes (`reason`), or takes them again (`undefined`). */
  setBlocked(reason: string | undefined): void {
    if (this.#gone !== undefined || this.#blocked === reason) return;
    this.#blocked = reason;
    for (const listener of [...this.#listeners]) listener(reason);
    if (reason !== undefined) {
      this.#wakeIdle();
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const publish of waiting) this.#send(publish);
  }

  #send(publish: WaitingPublish): void {
    const refused = this.#faults.refusal();
    if (refused !== undefined) {
      publish.reject(refused);
      return;
    }
    this.#unconfirmed.add(publish);
    this.#node.later(() => {
      // Gone: the connection, or the channel by the fault of an earlier publish.
      if (!this.#unconfirmed.has(publish)) return;
      if (this.#faults.takeNack()) {
        this.#settle(
          publish,
          new BrokerError('message', 'nacked', `the broker refused ${describePublication(publish.message)}`),
        );
        return;
      }
      const outcome = this.#node.publish(publish.message);
      if (outcome instanceof BrokerError) this.#publishChannelGone(publish, outcome);
      else if (outcome === 'unroutable' && publish.message.mandatory === true) {
        this.#settle(
          publish,
          new BrokerError('message', 'unroutable', `no queue takes ${describePublication(publish.message)}`),
        );
      } else this.#settle(publish, undefined);
    });
  }

  #settle(publish: WaitingPublish, error: BrokerError | undefined): void {
    this.#unconfirmed.delete(publish);
    if (error === undefined) publish.resolve();
    else publish.reject(error);
    if (this.#unconfirmed.size === 0) this.#wakeIdle();
  }

  /** A publish to an exchange that does not exist takes the other unconfirmed ones of its channel with it. */
  #publishChannelGone(culprit: WaitingPublish, error: BrokerError): void {
    this.#settle(culprit, error);
    const others = new BrokerError('channel', 'closed', `the publishing channel was closed: ${error.message}`);
    for (const publish of [...this.#unconfirmed]) this.#settle(publish, others);
  }

  #call<T>(operation: () => T, names: Readonly<Record<string, string>> = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      checkShortStrings(names); // a throw in here rejects
      this.#node.later(() => {
        if (this.#gone !== undefined) {
          reject(this.#gone);
          return;
        }
        try {
          resolve(operation());
        } catch (error) {
          // Only BrokerErrors are thrown by the node; anything else is a defect that the caller should see as it is.
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  #forget(consumer: MemoryConsumer): void {
    // A cancelled consumer may still hold unanswered messages, which go back when the connection ends.
    if (consumer.unanswered.size === 0) this.#consumers.delete(consumer);
  }

  #closedByUs(): BrokerError {
    return new BrokerError('connection', 'closed', 'the connection to the in-process broker is closed');
  }

  #wakeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
