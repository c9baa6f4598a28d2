import { BrokerError } from '../broker.js';
import type { Consumer, Delivery } from '../broker.js';
import type { MemoryNode } from './node.js';
import type { MemoryQueue, QueueConsumer, QueuedMessage } from './queue.js';

/** A consumer of the in-process broker; one "channel" of its own, as in the AMQP adapter. */
export class MemoryConsumer implements Consumer, QueueConsumer {
  readonly tag: string;
  readonly prefetch: number;
  readonly unanswered = new Set<QueuedMessage>();
  readonly ended: Promise<BrokerError | undefined>;
  readonly #node: MemoryNode;
  readonly #queue: MemoryQueue;
  readonly #handler: (delivery: Delivery) => void;
  #settleEnded: (error: BrokerError | undefined) => void = () => undefined;
  /** `open`: takes deliveries. `cancelled`: answers only. `gone`: channel or queue no longer exists. */
  #state: 'open' | 'cancelled' | 'gone' = 'open';

  constructor(
    node: MemoryNode,
    queue: MemoryQueue,
    tag: string,
    prefetch: number,
    handler: (delivery: Delivery) => void,
  ) {
    this.#node = node;
    this.#queue = queue;
    this.tag = tag;
    this.prefetch = prefetch;
    this.#handler = handler;
    this.ended = new Promise((resolve) => (this.#settleEnded = resolve));
  }

  deliver(message: QueuedMessage): void {
    this.#node.later(() => {
      // It may have gone, or given the message back, since the queue chose it.
      if (this.#state === 'gone' || !this.unanswered.has(message)) return;
      try {
        this.#handler(this.#delivery(message));
      } catch (cause) {
        this.channelGone(
          new BrokerError('channel', 'protocol', `the handler of queue '${this.#queue.name}' threw`, { cause }),
        );
      }
    });
  }

  async cancel(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'cancelled';
      this.#leaveQueue();
    }
    // What the queue handed over before still arrives, then nothing more.
    await new Promise<void>((resolve) => this.#node.later(resolve));
    this.#settleEnded(undefined);
  }

  /** The queue was deleted: its messages are gone with it. */
  queueGone(error: BrokerError): void {
    this.#state = 'gone';
    this.unanswered.clear();
    this.#node.later(() => this.#settleEnded(error));
  }

  /** The channel or the connection is gone: what was not answered goes back to the queue. */
  channelGone(error: BrokerError | undefined): void {
    if (this.#state === 'gone') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'gone';
    const back = [...this.unanswered];
    this.unanswered.clear();
    this.#queue.requeue(back);
    if (wasOpen) this.#leaveQueue();
    else this.#queue.dispatch();
    this.#node.later(() => this.#settleEnded(error));
  }

  #leaveQueue(): void {
    this.#queue.removeConsumer(this);
    if (this.#queue.spent) this.#node.deleteQueue(this.#queue);
    else this.#queue.dispatch();
  }

  #delivery(message: QueuedMessage): Delivery {
    const { exchange, routingKey, body, contentType, replyTo, correlationId, userId } = message.publication;
    let answered = false;
    const answer = (): boolean => {
      if (answered)
        throw new BrokerError('message', 'protocol', `a delivery of queue '${this.#queue.name}' was answered twice`);
      answered = true;
      return this.unanswered.delete(message);
    };
    return {
      exchange,
      routingKey,
      body,
      redelivered: message.redelivered,
      ...(contentType === '' ? {} : { contentType }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(userId === undefined ? {} : { userId }),
      ack: () => {
        if (answer()) this.#queue.dispatch();
      },
      reject: ({ requeue }) => {
        if (!answer()) return;
        if (requeue) this.#queue.requeue([message]);
        this.#queue.dispatch();
      },
    };
  }
}
