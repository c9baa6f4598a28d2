import { BrokerError } from '../broker.js';
import type { ExchangeDeclaration, Publication, QueueDeclaration } from '../broker.js';
import { MemoryExchange } from './exchange.js';
import { MemoryQueue } from './queue.js';

/** Work done in one turn of the event loop before others get theirs. */
const BATCH = 256;

/** How a publish ended, before the publisher is told. */
export type PublishOutcome = 'routed' | 'unroutable' | BrokerError;

/**
 * The broker proper: exchanges, queues, routing, and the order of work. Everything that reaches a handler or settles a
 * promise goes through `later`, so that nothing ever happens inside the caller's own call.
 */
export class MemoryNode {
  readonly #exchanges = new Map<string, MemoryExchange>();
  readonly #queues = new Map<string, MemoryQueue>();
  readonly #schedule: (run: () => void) => void;
  readonly #work: (() => void)[] = [];
  #scheduled = false;
  #names = 0;

  constructor(schedule: (run: () => void) => void) {
    this.#schedule = schedule;
    for (const type of ['direct', 'topic', 'fanout'] as const) {
      this.#exchanges.set(`amq.${type}`, new MemoryExchange({ name: `amq.${type}`, type, durable: true }));
    }
  }

  /** Runs `task` after the caller's turn, in the order of the calls. */
  later(task: () => void): void {
    this.#work.push(task);
    this.#wake();
  }

  declareExchange(wanted: ExchangeDeclaration): void {
    refuseReserved('exchange', wanted.name, this.#exchanges.has(wanted.name));
    const found = this.#exchanges.get(wanted.name);
    if (found === undefined) {
      this.#exchanges.set(wanted.name, new MemoryExchange({ ...wanted }));
    } else if (found.declaration.type !== wanted.type || found.declaration.durable !== wanted.durable) {
      throw precondition(`exchange '${wanted.name}' exists with other properties (type or durable)`);
    }
  }

  declareQueue(wanted: QueueDeclaration, connection: object): MemoryQueue {
    const name = wanted.name === '' ? `amq.gen-${++this.#names}` : wanted.name;
    const found = this.#queues.get(name);
    if (found !== undefined) {
      refuseStranger(found, connection);
      const had = found.declaration;
      if (
        had.durable !== wanted.durable ||
        had.autoDelete !== wanted.autoDelete ||
        had.exclusive !== wanted.exclusive
      ) {
        throw precondition(`queue '${name}' exists with other properties (durable, autoDelete or exclusive)`);
      }
      return found;
    }
    if (wanted.name !== '') refuseReserved('queue', name, false);
    const queue = new MemoryQueue(name, { ...wanted, name }, connection);
    this.#queues.set(name, queue);
    return queue;
  }

  /** @throws BrokerError not_found, or access for another connection's exclusive queue. */
  queue(name: string, connection: object): MemoryQueue {
    const found = this.#queues.get(name);
    if (found === undefined) throw notFound('queue', name);
    refuseStranger(found, connection);
    return found;
  }

  hasQueue(name: string): boolean {
    return this.#queues.has(name);
  }

  exchange(name: string): MemoryExchange {
    if (name === '') throw new BrokerError('channel', 'access', 'the default exchange takes no bindings');
    const found = this.#exchanges.get(name);
    if (found === undefined) throw notFound('exchange', name);
    return found;
  }

  deleteQueue(queue: MemoryQueue): void {
    if (!this.#queues.delete(queue.name)) return;
    for (const exchange of queue.boundTo) exchange.forget(queue);
    const consumers = [...queue.consumers];
    for (const consumer of consumers) {
      queue.removeConsumer(consumer);
      consumer.queueGone(notFound('queue', queue.name));
    }
  }

  /** Deletes the exclusive queues of a connection that has gone. */
  connectionGone(connection: object): void {
    for (const queue of [...this.#queues.values()]) if (queue.owner === connection) this.deleteQueue(queue);
  }

  publish(message: Publication): PublishOutcome {
    if (message.exchange === '') {
      const queue = this.#queues.get(message.routingKey);
      return this.#deliver(message, queue === undefined ? [] : [queue]);
    }
    const exchange = this.#exchanges.get(message.exchange);
    if (exchange === undefined) return notFound('exchange', message.exchange);
    return this.#deliver(message, exchange.route(message.routingKey));
  }

  /** What a restart does to what is not durable. */
  restart(): void {
    for (const queue of [...this.#queues.values()]) {
      if (!queue.declaration.durable || queue.declaration.exclusive) this.deleteQueue(queue);
      else queue.dropTransient();
    }
    for (const [name, exchange] of [...this.#exchanges])
      if (!exchange.declaration.durable) this.#exchanges.delete(name);
  }

  #deliver(message: Publication, queues: Iterable<MemoryQueue>): PublishOutcome {
    let routed = false;
    for (const queue of queues) {
      routed = true;
      queue.push(message);
      queue.dispatch();
    }
    return routed ? 'routed' : 'unroutable';
  }

  #wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => this.#drain());
  }

  #drain(): void {
    this.#scheduled = false;
    const batch = this.#work.splice(0, BATCH);
    if (this.#work.length > 0) this.#wake();
    for (const task of batch) task();
  }
}

function notFound(kind: 'queue' | 'exchange', name: string): BrokerError {
  return new BrokerError('channel', 'not_found', `no ${kind} '${name}'`);
}

function precondition(what: string): BrokerError {
  return new BrokerError('channel', 'precondition', what);
}

function refuseStranger(queue: MemoryQueue, connection: object): void {
  if (queue.owner !== undefined && queue.owner !== connection) {
    throw new BrokerError('channel', 'access', `queue '${queue.name}' is exclusive to another connection`);
  }
}

function refuseReserved(kind: string, name: string, exists: boolean): void {
  if ((name === '' || name.startsWith('amq.')) && !exists) {
    throw new BrokerError('channel', 'access', `${kind} name '${name}' is reserved`);
  }
}
