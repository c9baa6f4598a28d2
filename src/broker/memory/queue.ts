import { Fifo } from '../../otp/index.js';
import type { BrokerError, Publication, QueueDeclaration, QueueInfo } from '../broker.js';

/** A message as it lies in one queue. `position` keeps its place when it comes back. */
export interface QueuedMessage {
  readonly position: number;
  readonly publication: Publication;
  redelivered: boolean;
}

/** What a queue needs of a consumer. */
export interface QueueConsumer {
  /** Most unanswered messages at a time; 0 is no limit. */
  readonly prefetch: number;
  readonly unanswered: Set<QueuedMessage>;
  deliver(message: QueuedMessage): void;
  /** The queue is gone. */
  queueGone(error: BrokerError): void;
}

/** An exchange that holds bindings to the queue. */
export interface BindingHolder {
  /** Drops its bindings to a deleted queue. */
  forget(queue: MemoryQueue): void;
}

/** A queue of the in-process broker: first in first out, round robin over consumers with room in their prefetch. */
export class MemoryQueue {
  readonly name: string;
  readonly declaration: QueueDeclaration;
  /** The connection an exclusive queue belongs to. */
  readonly owner: object | undefined;
  readonly boundTo = new Set<BindingHolder>();
  readonly #ready = new Fifo<QueuedMessage>();
  #nextPosition = 0;
  #consumers: QueueConsumer[] = [];
  #turn = 0;
  /** An auto-delete queue goes with its last consumer, not before it had one. */
  #hadConsumer = false;

  constructor(name: string, declaration: QueueDeclaration, owner: object | undefined) {
    this.name = name;
    this.declaration = declaration;
    this.owner = declaration.exclusive ? owner : undefined;
  }

  get info(): QueueInfo {
    return { name: this.name, messageCount: this.#ready.length, consumerCount: this.#consumers.length };
  }

  get consumers(): readonly QueueConsumer[] {
    return this.#consumers;
  }

  /** True when an auto-delete queue has lost its last consumer. */
  get spent(): boolean {
    return this.declaration.autoDelete && this.#hadConsumer && this.#consumers.length === 0;
  }

  push(publication: Publication): void {
    this.#ready.push({ position: this.#nextPosition++, publication, redelivered: false });
  }

  /** Puts unanswered messages back where they stood, marked as redelivered. */
  requeue(messages: Iterable<QueuedMessage>): void {
    const back = [...messages];
    if (back.length === 0) return;
    for (const message of back) message.redelivered = true;
    const all = [...back, ...this.#ready.drain()].sort((a, b) => a.position - b.position);
    for (const message of all) this.#ready.push(message);
  }

  addConsumer(consumer: QueueConsumer): void {
    this.#consumers.push(consumer);
    this.#hadConsumer = true;
  }

  removeConsumer(consumer: QueueConsumer): void {
    this.#consumers = this.#consumers.filter((other) => other !== consumer);
  }

  /** Hands ready messages to consumers while both are there. */
  dispatch(): void {
    while (this.#ready.length > 0) {
      const consumer = this.#nextConsumer();
      const message = consumer === undefined ? undefined : this.#ready.shift();
      if (consumer === undefined || message === undefined) return;
      consumer.unanswered.add(message);
      consumer.deliver(message);
    }
  }

  /** What a restarted broker no longer has. */
  dropTransient(): void {
    for (const message of this.#ready.drain()) if (message.publication.persistent) this.#ready.push(message);
  }

  #nextConsumer(): QueueConsumer | undefined {
    for (let tried = 0; tried < this.#consumers.length; tried++) {
      const consumer = this.#consumers[this.#turn++ % this.#consumers.length];
      if (consumer !== undefined && (consumer.prefetch === 0 || consumer.unanswered.size < consumer.prefetch))
        return consumer;
    }
    return undefined;
  }
}
