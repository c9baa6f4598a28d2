import { type Broker, type BrokerConnection, BrokerError } from '../../broker/broker.js';
import { INBOUND } from '../../broker/topology.js';
import type { FarBroker, LinkSettings } from '../../federation/link-settings.js';
import type { Log } from '../../log/log.js';
import { OutageNews } from '../../log/outage-news.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import { backoffMs, type Backoff, type Clock, type DetailObject, type Self } from '../../otp/index.js';
import { nowSeconds } from '../now-seconds.js';
import type { FarState, LinkEntry } from './link-book.js';
import type { LinkInfo, OutboundInfo } from './link-messages.js';
import type { OwnSetsMessage } from './own-sets-message.js';

export interface OutboundNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly ownSets: Pick<OwnSetsMessage, 'now' | 'fault'>;
  /** @throws Error when it cannot be told from the settings where the broker is */
  readonly linkBroker: (far: FarBroker) => Pick<Broker, 'connect' | 'describe'>;
  /** Between attempts to connect. */
  readonly reconnect: Backoff;
  readonly metrics: Pick<Metrics, 'count' | 'gauge'>;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/**
 * The half of a link that tells the linked server our own sets, over a connection to its broker. That the broker is away,
 * refuses or takes nothing is a state, with tries at growing intervals.
 */
export class OutboundHalf {
  readonly #needs: OutboundNeeds;
  readonly #entry: LinkEntry;
  readonly #news: OutageNews;
  #link: LinkSettings | undefined = undefined;
  #broker: Pick<Broker, 'connect' | 'describe'> | undefined = undefined;
  /** Tells what comes of a connection that was given up. */
  #round = 0;
  #giveUp = new AbortController();
  #connection: BrokerConnection | undefined = undefined;
  #attempts = 0;
  #underWay = false;

  constructor(needs: OutboundNeeds, entry: LinkEntry) {
    this.#needs = needs;
    this.#entry = entry;
    this.#news = new OutageNews(() => needs.clock.monotonic());
  }

  /** Begins to send, or goes on by settings that changed. */
  start(self: Self<LinkInfo>, link: LinkSettings): void {
    const before = this.#link;
    this.#link = link;
    if (before !== undefined && sameFar(before.far, link.far)) return;
    this.#end();
    const { far, farFault } = link;
    this.#entry.sendError = farFault ?? this.#needs.ownSets.fault;
    if (far === undefined || this.#needs.ownSets.fault !== undefined) return;
    this.#broker = this.#needs.linkBroker(far);
    this.#attempts = 0;
    this.#shown('connecting');
    this.#connect(self);
  }

  stop(): void {
    const name = this.#link?.name ?? this.#entry.name;
    this.#link = undefined;
    this.#end();
    this.#entry.far = undefined;
    this.#entry.sendError = undefined;
    this.#needs.metrics.gauge('dog_trainer_link_down', name, 0);
  }

  /** Its connection, without the settings. */
  describe(): DetailObject {
    return {
      broker: this.#broker?.describe ?? null,
      connected: this.#connection !== undefined,
      attempts: this.#attempts,
      message_under_way: this.#underWay,
      round: this.#round,
    };
  }

  /** Ends the connection when the actor is gone, outside of any turn. */
  drop(): void {
    this.#end();
  }

  handle(self: Self<LinkInfo>, message: OutboundInfo): void {
    if (message.round !== this.#round) {
      if (message.tag === 'far_up') message.connection.abandon();
      return;
    }
    switch (message.tag) {
      case 'far_connect':
        return this.#connect(self);
      case 'far_up':
        return this.#up(self, message.connection);
      case 'far_failed':
        return this.#down(self, reasonOf(message.error));
      case 'far_lost':
        return this.#down(self, message.error?.message ?? 'the connection was closed');
      case 'far_sent':
        return this.#sent(message);
    }
  }

  /** Sends our sets, changed or not: a linked server knows by that that we are there. */
  tick(self: Self<LinkInfo>): void {
    const connection = this.#connection;
    if (connection === undefined || this.#link === undefined) return;
    this.#shown(connection.blocked === undefined ? 'up' : 'blocked', connection.blocked);
    if (this.#underWay) return;
    this.#underWay = true;
    const round = this.#round;
    self.pipeToSelf(
      this.#publish(connection),
      (sent) => ({ tag: 'far_sent', round, sent, error: undefined }),
      (error) => ({ tag: 'far_sent', round, sent: false, error }),
    );
  }

  async #publish(connection: BrokerConnection): Promise<boolean> {
    const publication = await this.#needs.ownSets.now();
    if (publication === undefined) return false;
    await connection.publish(publication);
    return true;
  }

  #connect(self: Self<LinkInfo>): void {
    const broker = this.#broker;
    if (broker === undefined) return;
    this.#attempts += 1;
    const round = this.#round;
    self.pipeToSelf(
      this.#attempt(broker, this.#giveUp.signal),
      (connection) => ({ tag: 'far_up', round, connection }),
      (error) => ({ tag: 'far_failed', round, error }),
    );
  }

  async #attempt(broker: Pick<Broker, 'connect'>, signal: AbortSignal): Promise<BrokerConnection> {
    const connection = await broker.connect(signal);
    // From here on the end of the half, or of its actor, ends the connection, which may have been just now.
    signal.addEventListener('abort', () => connection.abandon(), { once: true });
    if (signal.aborted) connection.abandon();
    try {
      await connection.declareExchange(INBOUND);
    } catch (error) {
      // Its owner may not let us declare, and have declared it already; if not, publishing will say so.
      if (!(error instanceof BrokerError) || error.scope !== 'channel' || error.code !== 'access') {
        connection.abandon();
        throw error;
      }
      this.#needs.log.debug({ err: error }, 'the exchange for linked servers could not be declared at the far broker');
    }
    return connection;
  }

  #up(self: Self<LinkInfo>, connection: BrokerConnection): void {
    const { log } = this.#needs;
    this.#connection = connection;
    this.#attempts = 0;
    this.#underWay = false;
    this.#news.over();
    const round = this.#round;
    self.pipeToSelf(
      connection.closed,
      (error) => ({ tag: 'far_lost', round, error }),
      () => ({ tag: 'far_lost', round, error: undefined }),
    );
    log.info({ link: this.#link?.name, broker: this.#broker?.describe }, 'connected to the broker of a linked server');
    this.#shown('up');
    this.tick(self);
  }

  #down(self: Self<LinkInfo>, reason: string): void {
    const { log, reconnect, random = Math.random } = this.#needs;
    this.#round += 1;
    // Each attempt has a signal of its own, which lets go of its connection.
    this.#giveUp.abort();
    this.#giveUp = new AbortController();
    this.#connection = undefined;
    this.#underWay = false;
    if (this.#news.worthSaying(reason))
      log.warn(
        { link: this.#link?.name, broker: this.#broker?.describe, reason },
        'the broker of a linked server cannot be reached; trying until it can',
      );
    this.#shown('down', reason);
    const round = this.#round;
    self.sendAfter(backoffMs(reconnect, Math.max(1, this.#attempts), random()), { tag: 'far_connect', round });
  }

  #sent({ sent, error }: Extract<OutboundInfo, { readonly tag: 'far_sent' }>): void {
    this.#underWay = false;
    if (error === undefined && !sent) return;
    if (error === undefined) {
      this.#entry.sentTime = nowSeconds(this.#needs.clock);
      this.#entry.sendError = undefined;
      this.#needs.metrics.count('ipset_outbound_publish');
      return;
    }
    const unheard = error instanceof BrokerError && error.code === 'unroutable';
    const reason = unheard ? 'the linked server does not listen to this one now' : reasonOf(error);
    this.#entry.sendError = reason;
    if (this.#news.worthSaying(reason))
      this.#needs.log.warn({ link: this.#link?.name, reason }, 'our sets did not reach a linked server; trying again');
  }

  #shown(state: FarState['state'], error?: string): void {
    const { clock, metrics } = this.#needs;
    const before = this.#entry.far;
    const since = before?.state === state ? before.since : nowSeconds(clock);
    const broker = this.#broker?.describe ?? '';
    this.#entry.far = { state, since, broker, ...(error === undefined ? {} : { error }) };
    metrics.gauge('dog_trainer_link_down', this.#link?.name ?? '', state === 'up' || state === 'connecting' ? 0 : 1);
  }

  #end(): void {
    this.#round += 1;
    this.#giveUp.abort();
    this.#giveUp = new AbortController();
    this.#connection = undefined;
    this.#broker = undefined;
    this.#underWay = false;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sameFar(a: FarBroker | undefined, b: FarBroker | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
