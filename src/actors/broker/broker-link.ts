import type { BrokerConnection } from '../../broker/broker.js';
import type { Self } from '../../otp/index.js';
import type { ConnectionInfo } from './connection-messages.js';

/**
 * The connection to the broker as those who use it know it. It outlives the actor that makes the connections: when that
 * one crashes, everybody who subscribed is told that the connection is gone and, by its successor, of the next one. One
 * writer, any number of subscribers.
 */
export class BrokerLink {
  readonly #subscribers = new Set<Self>();
  readonly #changed: (connected: boolean) => void;
  readonly #now: () => number;
  #connection: BrokerConnection | undefined = undefined;
  #changedAt: number;
  /** Why nothing comes over the connection although it is there, as its consumer says; undefined: all is well. */
  trouble: string | undefined = undefined;
  /** Why there is no connection, as the last attempt or the loss said; undefined: there is one, or none was tried yet. */
  failure: string | undefined = undefined;

  /**
   * @param changed called when a connection is there, and when it is gone; it must not throw
   * @param now epoch milliseconds
   */
  constructor(changed: (connected: boolean) => void = () => undefined, now: () => number = () => Date.now()) {
    this.#changed = changed;
    this.#now = now;
    this.#changedAt = now();
  }

  /** Since when there is a connection, or none, epoch milliseconds. */
  get changedAt(): number {
    return this.#changedAt;
  }

  get connection(): BrokerConnection | undefined {
    return this.#connection;
  }

  /** The connection there is now; of every later change `self` is told with a `ConnectionInfo`, as long as it lives. */
  subscribe(self: Self): BrokerConnection | undefined {
    if (!this.#subscribers.has(self)) {
      this.#subscribers.add(self);
      self.signal.addEventListener('abort', () => this.#subscribers.delete(self), { once: true });
    }
    return this.#connection;
  }

  up(connection: BrokerConnection): void {
    this.#connection = connection;
    this.#changedAt = this.#now();
    this.trouble = undefined;
    this.failure = undefined;
    this.#changed(true);
    this.#tell({ tag: 'broker_up', connection });
  }

  down(): void {
    if (this.#connection === undefined) return;
    this.#connection = undefined;
    this.#changedAt = this.#now();
    this.#changed(false);
    this.#tell({ tag: 'broker_down' });
  }

  #tell(message: ConnectionInfo): void {
    for (const { system, pid } of this.#subscribers) system.sendControl(pid, message);
  }
}
