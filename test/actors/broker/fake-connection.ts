import type { BrokerConnection, BrokerError, Consumer, Publication, QueueInfo } from '../../../src/broker/broker.js';

/** A connection of which a test decides what becomes of it. What is published waits until `confirm`. */
export class FakeConnection implements BrokerConnection {
  /** What was declared, and bodies that were published, in order. */
  readonly declared: string[] = [];
  readonly sent: string[] = [];
  /** What `inspectQueue` finds. */
  readonly queues = new Map<string, QueueInfo>();
  /** Why nothing can be declared. */
  refusesToDeclare: Error | undefined = undefined;
  blocked: string | undefined = undefined;
  ended: 'closed' | 'lost' | 'abandoned' | undefined = undefined;
  readonly closed: Promise<BrokerError | undefined>;
  #end: (error: BrokerError | undefined) => void = () => undefined;
  #confirms: (() => void)[] = [];
  readonly #listeners = new Set<(reason: string | undefined) => void>();

  constructor() {
    this.closed = new Promise((resolve) => (this.#end = resolve));
  }

  declareExchange({ name }: { readonly name: string }): Promise<void> {
    if (this.refusesToDeclare !== undefined) return Promise.reject(this.refusesToDeclare);
    this.declared.push(name);
    return Promise.resolve();
  }

  declareQueue({ name }: { readonly name: string }): Promise<QueueInfo> {
    this.declared.push(name);
    return Promise.resolve({ name, messageCount: 0, consumerCount: 0 });
  }

  inspectQueue(name: string): Promise<QueueInfo | undefined> {
    return Promise.resolve(this.queues.get(name));
  }

  bindQueue(): Promise<void> {
    return Promise.resolve();
  }

  unbindQueue(): Promise<void> {
    return Promise.resolve();
  }

  deleteQueue(): Promise<void> {
    return Promise.resolve();
  }

  publish({ body }: Publication): Promise<void> {
    this.sent.push(new TextDecoder().decode(body));
    return new Promise((resolve) => this.#confirms.push(resolve));
  }

  consume(): Promise<Consumer> {
    return Promise.reject(new Error('nobody consumes here'));
  }

  onBlocked(listener: (reason: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.ended ??= 'closed';
    this.#end(undefined);
    return Promise.resolve();
  }

  abandon(): void {
    this.ended ??= 'abandoned';
    this.#end(undefined);
  }

  /** Confirms all that was published. */
  confirm(): void {
    for (const confirm of this.#confirms.splice(0)) confirm();
  }

  block(reason: string | undefined): void {
    this.blocked = reason;
    for (const listener of this.#listeners) listener(reason);
  }

  lose(error: BrokerError): void {
    this.ended ??= 'lost';
    this.#end(error);
  }
}
