import type { Broker, BrokerConnection, BrokerError } from '../../broker/broker.js';
import { declareServerTopology, LEGACY_QUEUE, REPORT_QUEUE } from '../../broker/topology.js';
import type { Log } from '../../log/log.js';
import { OutageNews } from '../../log/outage-news.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import { backoffMs, type Backoff, type Clock, type DetailObject, type GenServer, type Self } from '../../otp/index.js';
import type { BrokerLink } from './broker-link.js';

/** What the connection actor uses. */
export interface BrokerConnectionNeeds {
  readonly broker: Pick<Broker, 'connect' | 'describe'>;
  /** Whom it tells of its connection: everybody who uses it is subscribed there. */
  readonly link: BrokerLink;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Between attempts. */
  readonly reconnect: Backoff;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'gauge'>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

type Info =
  | { readonly tag: 'connect' }
  | { readonly tag: 'connected'; readonly connection: BrokerConnection }
  | { readonly tag: 'failed'; readonly error: unknown }
  | { readonly tag: 'lost'; readonly connection: BrokerConnection; readonly error: BrokerError | undefined };

/**
 * What a connection is for. A broker in an alarm reads nothing more from connections that publish, acknowledgements
 * included, so reports come in over a connection of their own.
 */
export type ConnectionPurpose = 'publish' | 'reports';

/**
 * Keeps one connection to the broker. That it is away is a state, shown with its cause and logged now and then, with tries at
 * growing, jittered intervals; it never costs a restart. The users of the connection, the outbox too, subscribe to the
 * broker link.
 */
export class BrokerConnectionActor implements GenServer<never, never, never, Info> {
  readonly #needs: BrokerConnectionNeeds;
  readonly #purpose: ConnectionPurpose;
  readonly #random: () => number;
  #connection: BrokerConnection | undefined = undefined;
  /** Made by an attempt that has not come to this actor's turn yet. */
  #made: BrokerConnection | undefined = undefined;
  #attempts = 0;
  /** Only the first connection of a process says who else is there: later, its own last consumer may still be. */
  #lookedForRivals = false;
  #lookedForLegacy = false;
  /** Epoch milliseconds since when the state is what it is. */
  #since: number;
  #lastError: string | undefined = undefined;
  readonly #news: OutageNews;

  constructor(needs: BrokerConnectionNeeds, purpose: ConnectionPurpose) {
    this.#needs = needs;
    this.#purpose = purpose;
    this.#random = needs.random ?? Math.random;
    this.#since = needs.clock.now();
    this.#news = new OutageNews(() => needs.clock.monotonic());
  }

  init(self: Self<Info>): void {
    // However this process ends, its connection ends with it: there is never a second one.
    self.signal.addEventListener('abort', () => this.#drop(), { once: true });
    this.#connect(self);
  }

  handleInfo(self: Self<Info>, message: Info): void {
    const { log, metrics, broker, link } = this.#needs;
    switch (message.tag) {
      case 'connect':
        return this.#connect(self);
      case 'connected':
        return this.#up(self, message.connection);
      case 'failed':
        this.#failed(message.error instanceof Error ? message.error.message : String(message.error));
        if (this.#news.worthSaying(this.#lastError ?? ''))
          log.warn(
            { err: message.error, broker: broker.describe, for: this.#purpose, attempts: this.#attempts },
            'the broker cannot be reached; trying until it can',
          );
        metrics.gauge('dog_trainer_outage', this.#part, 1);
        return this.#retry(self);
      case 'lost':
        if (message.connection !== this.#connection) return;
        log.warn({ err: message.error, broker: broker.describe }, 'the connection to the broker is lost');
        this.#connection = undefined;
        this.#since = self.now();
        metrics.gauge('dog_trainer_outage', this.#part, 1);
        link.down();
        this.#failed(message.error?.message ?? 'closed');
        return this.#retry(self);
    }
  }

  /** In an ordered stop the users of the connection have stopped before. */
  async terminate(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#needs.link.down();
    await connection?.close();
  }

  describe(): DetailObject {
    return {
      broker: this.#needs.broker.describe,
      state: this.#connection === undefined ? 'down' : this.#connection.blocked === undefined ? 'up' : 'blocked',
      since: Math.floor(this.#since / 1000),
      attempts: this.#attempts,
      ...(this.#connection === undefined && this.#lastError !== undefined ? { error: this.#lastError } : {}),
      ...(this.#connection?.blocked === undefined ? {} : { blocked: this.#connection.blocked }),
    };
  }

  #connect(self: Self<Info>): void {
    this.#attempts += 1;
    self.pipeToSelf(
      this.#attempt(self.signal),
      (connection) => ({ tag: 'connected', connection }),
      (error) => ({ tag: 'failed', error }),
    );
  }

  async #attempt(signal: AbortSignal): Promise<BrokerConnection> {
    const connection = await this.#needs.broker.connect(signal);
    // From here on the end of this process ends it, which may have been just now.
    this.#made = connection;
    if (signal.aborted) this.#drop();
    try {
      await declareServerTopology(connection);
      await this.#warnOfRival(connection);
      await this.#warnOfLegacyQueue(connection);
      return connection;
    } catch (error) {
      this.#made = undefined;
      await connection.close();
      throw error;
    }
  }

  /** Two servers on one queue would each get half of the reports. Asked before our own consumer is there. */
  async #warnOfRival(connection: BrokerConnection): Promise<void> {
    if (this.#purpose !== 'reports' || this.#lookedForRivals) return;
    const consumers = (await connection.inspectQueue(REPORT_QUEUE))?.consumerCount ?? 0;
    this.#lookedForRivals = true;
    if (consumers > 0)
      this.#needs.log.warn(
        { queue: REPORT_QUEUE, consumers },
        'somebody else consumes the reports: two servers on one broker each get half of them; stop the other, or start this one with --observe',
      );
  }

  /**
   * Old declarations left a queue that nobody consumes: it fills for ever
   * (docs/protocol.md#the-queue-that-nobody-consumes).
   */
  async #warnOfLegacyQueue(connection: BrokerConnection): Promise<void> {
    if (this.#purpose !== 'publish' || this.#lookedForLegacy) return;
    this.#lookedForLegacy = true;
    const { log } = this.#needs;
    try {
      const queue = await connection.inspectQueue(LEGACY_QUEUE);
      if (queue !== undefined && queue.consumerCount === 0)
        log.warn(
          { queue: queue.name, messages: queue.messageCount },
          'a queue of the old installation that nobody consumes fills for ever: delete it',
        );
    } catch (error) {
      // Only a courtesy: this user may not be allowed to look.
      log.debug({ err: error, queue: LEGACY_QUEUE }, 'a queue could not be looked at');
    }
  }

  #up(self: Self<Info>, connection: BrokerConnection): void {
    const { log, metrics, link, broker } = this.#needs;
    this.#connection = connection;
    this.#made = undefined;
    this.#attempts = 0;
    this.#lastError = undefined;
    this.#news.over();
    this.#since = self.now();
    self.pipeToSelf(
      connection.closed,
      (error) => ({ tag: 'lost', connection, error }),
      () => ({ tag: 'lost', connection, error: undefined }),
    );
    log.info({ broker: broker.describe, for: this.#purpose }, 'connected to the broker');
    metrics.gauge('dog_trainer_outage', this.#part, 0);
    link.up(connection);
  }

  /** Why there is no connection. */
  #failed(reason: string): void {
    this.#lastError = reason;
    this.#needs.link.failure = reason;
  }

  get #part(): 'broker' | 'broker_reports' {
    return this.#purpose === 'publish' ? 'broker' : 'broker_reports';
  }

  #retry(self: Self<Info>): void {
    self.sendAfter(backoffMs(this.#needs.reconnect, this.#attempts, this.#random()), { tag: 'connect' });
  }

  #drop(): void {
    // A message that is never read closes nothing.
    if (this.#made !== undefined) this.#close(this.#made);
    this.#made = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    this.#needs.link.down();
    this.#close(connection);
  }

  #close(connection: BrokerConnection): void {
    connection.close().catch((error: unknown) => this.#needs.log.debug({ err: error }, 'closing a connection failed'));
  }
}
