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
  #ready: QueuedMessage[] = [];
  #head = 0;
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
    return { name: this.name, messageCount: this.#ready.length - this.#head, consumerCount: this.#consumers.length };
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
    this.#ready = [...back, ...this.#ready.slice(this.#head)].sort((a, b) => a.position - b.position);
    this.#head = 0;
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
    while (this.#head < this.#ready.length) {
      const consumer = this.#nextConsumer();
      const message = this.#ready[this.#head];
      if (consumer === undefined || message === undefined) break;
      this.#head++;
      consumer.unanswered.add(message);
      consumer.deliver(message);
    }
    // Shift in big steps only, so that a long backlog costs no copy a message.
    if (this.#head > 1024 || this.#head === this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
  }

  /** What a restarted broker no longer has. */
  dropTransient(): void {
    this.#ready = this.#ready.slice(this.#head).filter((message) => message.publication.persistent);
    this.#head = 0;
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
