import type { Broker, BrokerConnection } from '../broker/broker.js';
import type { Clock, TimerHandle } from '../otp/index.js';
import type { SimAgent } from './sim-agent.js';

/** One connection that several agents share; when it is lost it is made anew, and they are reattached. */
export class SharedConnection {
  readonly #agents: SimAgent[] = [];
  /** To be started when there is a connection again. */
  #waiting: SimAgent[] = [];
  readonly #broker: Broker;
  readonly #clock: Clock;
  readonly #reconnectMs: number;
  #connection: BrokerConnection | undefined;
  #stopped = false;
  #retryTimer: TimerHandle | undefined;

  constructor(broker: Broker, clock: Clock, reconnectMs: number) {
    this.#broker = broker;
    this.#clock = clock;
    this.#reconnectMs = reconnectMs;
  }

  /** The first connect: rejects with the broker's error. */
  async open(): Promise<BrokerConnection> {
    const connection = await this.#broker.connect();
    this.#watch(connection);
    return connection;
  }

  /** Starts an agent here, now or as soon as there is a connection. */
  start(agent: SimAgent): void {
    if (this.#connection === undefined) this.#waiting.push(agent);
    else {
      this.#agents.push(agent);
      agent.start(this.#connection);
    }
  }

  async close(): Promise<void> {
    this.#stopped = true;
    if (this.#retryTimer !== undefined) this.#clock.clearTimer(this.#retryTimer);
    await this.#connection?.close();
  }

  #watch(connection: BrokerConnection): void {
    this.#connection = connection;
    void connection.closed.then(() => {
      if (this.#connection === connection) this.#connection = undefined;
      if (!this.#stopped) this.#retry();
    });
  }

  #retry(): void {
    this.#retryTimer = this.#clock.setTimer(this.#reconnectMs, () => void this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    let connection: BrokerConnection;
    try {
      connection = await this.#broker.connect();
    } catch {
      // An outage of the broker: agents wait for its end, and try for ever.
      if (!this.#stopped) this.#retry();
      return;
    }
    if (this.#stopped) {
      await connection.close();
      return;
    }
    this.#watch(connection);
    await Promise.all(this.#agents.map((agent) => agent.reattach(connection)));
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const agent of waiting) this.start(agent);
  }
}
