import type { BrokerConnection, BrokerError } from '../../broker/broker.js';
import { declareServerTopology, LEGACY_QUEUE, REPORT_QUEUE } from '../../broker/topology.js';
import { backoffMs, type DetailObject, type ExitReason, type Self, type GenServer } from '../../otp/index.js';
import { OutageNews } from '../../log/outage-news.js';
import type { BrokerLink } from './broker-link.js';
import type { ServerContext } from '../context.js';
import { drainOutbox } from './outbox-actor.js';
import { tell } from '../tell.js';

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
 * growing, jittered intervals; it never costs a restart. Whoever needs the connection subscribes to the broker link.
 */
export class BrokerConnectionActor implements GenServer<never, never, never, Info> {
  readonly #context: ServerContext;
  readonly #purpose: ConnectionPurpose;
  readonly #link: BrokerLink;
  #connection: BrokerConnection | undefined = undefined;
  /** Made by an attempt, on its way to this actor's next turn. */
  #made: BrokerConnection | undefined = undefined;
  #attempts = 0;
  /** Only the first connection of a process says who else is there: later, its own last consumer may still be. */
  #lookedForRivals = false;
  #lookedForLegacy = false;
  /** Epoch milliseconds since when the state is what it is. */
  #since: number;
  #lastError: string | undefined = undefined;
  readonly #news: OutageNews;

  constructor(context: ServerContext, purpose: ConnectionPurpose) {
    this.#context = context;
    this.#purpose = purpose;
    this.#link = purpose === 'publish' ? context.link : context.reportsLink;
    this.#since = context.system.clock.now();
    this.#news = new OutageNews(() => context.system.clock.monotonic());
  }

  init(self: Self): void {
    // However this process ends, its connection ends with it: there is never a second one.
    self.signal.addEventListener('abort', () => this.#drop(), { once: true });
    this.#connect(self);
  }

  handleInfo(self: Self, message: Info): void {
    const { log, metrics } = this.#context;
    switch (message.tag) {
      case 'connect':
        return this.#connect(self);
      case 'connected':
        this.#up(self, message.connection);
        return;
      case 'failed':
        this.#failed(message.error instanceof Error ? message.error.message : String(message.error));
        if (this.#news.worthSaying(this.#lastError ?? ''))
          log.warn(
            { err: message.error, broker: this.#context.broker.describe, for: this.#purpose, attempts: this.#attempts },
            'the broker cannot be reached; trying until it can',
          );
        metrics.gauge('dog_trainer_outage', this.#part, 1);
        this.#retry(self);
        return;
      case 'lost':
        if (message.connection !== this.#connection) return;
        log.warn({ err: message.error, broker: this.#context.broker.describe }, 'the connection to the broker is lost');
        this.#connection = undefined;
        this.#since = self.now();
        this.#detach();
        metrics.gauge('dog_trainer_outage', this.#part, 1);
        this.#link.down();
        this.#failed(message.error?.message ?? 'closed');
        this.#retry(self);
    }
  }

  /** Last words in an ordered stop: what is under way is confirmed, then the connection is closed. */
  async terminate(_self: Self, _reason: ExitReason): Promise<void> {
    if (this.#connection !== undefined && this.#purpose === 'publish') await drainOutbox(this.#context);
    const connection = this.#connection;
    this.#connection = undefined;
    this.#detach();
    this.#link.down();
    await connection?.close();
  }

  describe(): DetailObject {
    return {
      broker: this.#context.broker.describe,
      state: this.#connection === undefined ? 'down' : this.#connection.blocked === undefined ? 'up' : 'blocked',
      since: Math.floor(this.#since / 1000),
      attempts: this.#attempts,
      ...(this.#connection === undefined && this.#lastError !== undefined ? { error: this.#lastError } : {}),
      ...(this.#connection?.blocked === undefined ? {} : { blocked: this.#connection.blocked }),
    };
  }

  #connect(self: Self): void {
    this.#attempts += 1;
    const { broker, log } = this.#context;
    const attempt = async (): Promise<BrokerConnection> => {
      const connection = await broker.connect(self.signal);
      try {
        await declareServerTopology(connection);
        await this.#warnOfRival(connection);
        await this.#warnOfLegacyQueue(connection);
        return connection;
      } catch (error) {
        await connection.close();
        throw error;
      }
    };
    attempt()
      .then(
        (connection) => {
          if (tell<Info>(self, { tag: 'connected', connection })) this.#made = connection;
          else this.#close(connection);
        },
        (error: unknown) => {
          tell<Info>(self, { tag: 'failed', error });
        },
      )
      .catch((error: unknown) => log.debug({ err: error }, 'a connection attempt ended after its actor'));
  }

  /** Two servers on one queue would each get half of the reports. Asked before our own consumer is there. */
  async #warnOfRival(connection: BrokerConnection): Promise<void> {
    if (this.#purpose !== 'reports' || this.#lookedForRivals) return;
    const consumers = (await connection.inspectQueue(REPORT_QUEUE))?.consumerCount ?? 0;
    this.#lookedForRivals = true;
    if (consumers > 0)
      this.#context.log.warn(
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
    const { log } = this.#context;
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

  #up(self: Self, connection: BrokerConnection): void {
    const { log, metrics, outbox, broker } = this.#context;
    this.#connection = connection;
    this.#made = undefined;
    this.#attempts = 0;
    this.#lastError = undefined;
    this.#news.over();
    this.#since = self.now();
    connection.closed
      .then((error) => tell<Info>(self, { tag: 'lost', connection, error }))
      .catch((error: unknown) => log.debug({ err: error }, 'the connection ended after its actor'));
    log.info({ broker: broker.describe, for: this.#purpose }, 'connected to the broker');
    metrics.gauge('dog_trainer_outage', this.#part, 0);
    if (this.#purpose === 'publish') outbox.attach(connection);
    this.#link.up(connection);
  }

  /** Why there is no connection, for whoever asks. */
  #failed(reason: string): void {
    this.#lastError = reason;
    this.#link.failure = reason;
  }

  get #part(): 'broker' | 'broker_reports' {
    return this.#purpose === 'publish' ? 'broker' : 'broker_reports';
  }

  #detach(): void {
    if (this.#purpose === 'publish') this.#context.outbox.detach();
  }

  #retry(self: Self): void {
    const { reconnect_min_ms, reconnect_max_ms } = this.#context.config.broker;
    const delay = backoffMs({ baseMs: reconnect_min_ms, maxMs: reconnect_max_ms }, this.#attempts, Math.random());
    self.sendAfter(delay, { tag: 'connect' });
  }

  #drop(): void {
    // A message that is never read closes nothing.
    if (this.#made !== undefined) this.#close(this.#made);
    this.#made = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    this.#detach();
    this.#link.down();
    this.#close(connection);
  }

  #close(connection: BrokerConnection): void {
    connection
      .close()
      .catch((error: unknown) => this.#context.log.debug({ err: error }, 'closing a connection failed'));
  }
}
