import type { ExchangeDeclaration } from '../broker.js';
import type { BindingHolder, MemoryQueue } from './queue.js';
import { topicMatches, topicWords } from './topic-match.js';

interface Binding {
  readonly queue: MemoryQueue;
  readonly words: readonly string[];
}

/** An exchange of the in-process broker with its bindings, kept by routing key. */
export class MemoryExchange implements BindingHolder {
  readonly declaration: ExchangeDeclaration;
  readonly #bindings = new Map<string, Map<MemoryQueue, Binding>>();

  constructor(declaration: ExchangeDeclaration) {
    this.declaration = declaration;
  }

  /** Binding twice with one key is one binding, as in AMQP. */
  bind(queue: MemoryQueue, routingKey: string): void {
    let byQueue = this.#bindings.get(routingKey);
    if (byQueue === undefined) this.#bindings.set(routingKey, (byQueue = new Map<MemoryQueue, Binding>()));
    byQueue.set(queue, { queue, words: topicWords(routingKey) });
    queue.boundTo.add(this);
  }

  unbind(queue: MemoryQueue, routingKey: string): void {
    const byQueue = this.#bindings.get(routingKey);
    byQueue?.delete(queue);
    if (byQueue?.size === 0) this.#bindings.delete(routingKey);
  }

  forget(queue: MemoryQueue): void {
    for (const routingKey of [...this.#bindings.keys()]) this.unbind(queue, routingKey);
  }

  /** The queues a message goes to; each once, however many of its bindings match. */
  route(routingKey: string): ReadonlySet<MemoryQueue> {
    const found = new Set<MemoryQueue>();
    if (this.declaration.type === 'direct') {
      for (const queue of this.#bindings.get(routingKey)?.keys() ?? []) found.add(queue);
      return found;
    }
    const words = topicWords(routingKey);
    for (const byQueue of this.#bindings.values()) {
      for (const binding of byQueue.values()) {
        if (this.declaration.type === 'fanout' || topicMatches(binding.words, words)) found.add(binding.queue);
      }
    }
    return found;
  }
}
