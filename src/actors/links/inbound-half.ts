import { createHash } from 'node:crypto';
import type { BrokerConnection, Consumer, Delivery } from '../../broker/broker.js';
import { declareTopology, inboundTopology } from '../../broker/topology.js';
import { freshness, STALE_INTERVALS } from '../../federation/freshness.js';
import { countSets, overflowingNames } from '../../federation/learnt-sets.js';
import type { LinkSettings } from '../../federation/link-settings.js';
import { finish } from '../../firewall/finish.js';
import type { Log } from '../../log/log.js';
import { OutageNews } from '../../log/outage-news.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Document } from '../../model/document.js';
import type { Clock, DetailObject, Self } from '../../otp/index.js';
import { Slices } from '../../world/slices.js';
import { nowSeconds } from '../now-seconds.js';
import { externalNamed, type ExternalRowNeeds, judge, takeOutOfService, takeOver } from './external-row.js';
import { learnSets, type LearnNeeds, openMessage } from './learn-sets.js';
import type { LinkEntry } from './link-book.js';
import type { InboundInfo, LinkInfo, LinkReply, Waiting } from './link-messages.js';
import { NewestMessage, type NewestMessageNeeds } from './newest-message.js';
import { pause } from '../store/store-patiently.js';
import { showFreshness, showHeld, type ShowInboundNeeds } from './show-inbound.js';

export interface InboundNeeds extends LearnNeeds, ExternalRowNeeds, NewestMessageNeeds, ShowInboundNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly metrics: Pick<Metrics, 'count' | 'gauge'>;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
}

/** Until it is tried again to listen. */
const RETRY_MS = 1000;
/** One is waiting while the next arrives and takes its place. */
const PREFETCH = 2;

/** JSON of this size and more is read in slices, while others have their turns. */
const LARGE_BYTES = 1 << 18;

/** Reads large messages, of all links one at a time. */
const messageSlices = new Slices();

/**
 * The half of a link that listens, on our own broker, to what the linked server publishes there. The newest message
 * counts; of a flood one is read now and then, and the others are let pass.
 */
export class InboundHalf {
  readonly #needs: InboundNeeds;
  readonly #entry: LinkEntry;
  readonly #refusals: OutageNews;
  readonly #troubles: OutageNews;
  readonly #newest: NewestMessage;
  #link: LinkSettings | undefined = undefined;
  #connection: BrokerConnection | undefined = undefined;
  #consumer: Consumer | undefined = undefined;
  /** Tells what comes of a listening that was given up. */
  #round = 0;
  /** The last JSON seen to be in service, and the row that it was compared with. */
  #known: { readonly digest: string; readonly row: Document } | undefined = undefined;

  constructor(needs: InboundNeeds, entry: LinkEntry) {
    this.#needs = needs;
    this.#entry = entry;
    this.#refusals = new OutageNews(() => needs.clock.monotonic());
    this.#troubles = new OutageNews(() => needs.clock.monotonic());
    this.#newest = new NewestMessage(needs);
  }

  /** Begins to listen, or goes on by settings that changed. */
  start(self: Self<LinkInfo>, link: LinkSettings): void {
    const before = this.#link;
    this.#link = link;
    // Names that fit as one handling makes them may not as the other does.
    this.#known = undefined;
    if (before?.name === link.name) return;
    if (before !== undefined) this.#listenNoMore(self);
    this.#entry.listensSince ??= this.#needs.clock.monotonic();
    this.#listen(self);
  }

  /** Ends listening; what is known of the far server is forgotten. */
  stop(self: Self<LinkInfo>): void {
    const name = this.#link?.name ?? this.#entry.name;
    this.#link = undefined;
    this.#listenNoMore(self);
    Object.assign(this.#entry, {
      listensSince: undefined,
      inboundError: undefined,
      heardAt: undefined,
      freshness: undefined,
      held: undefined,
      leftOut: [],
      refused: undefined,
    } satisfies Partial<LinkEntry>);
    this.#known = undefined;
    showHeld(this.#needs, name, this.#entry);
    showFreshness(this.#needs, name, this.#entry);
  }

  brokerUp(self: Self<LinkInfo>, connection: BrokerConnection): void {
    this.#connection = connection;
    this.#listen(self);
  }

  brokerDown(self: Self<LinkInfo>): void {
    this.#connection = undefined;
    this.#listenNoMore(self);
  }

  /** What it listens with, and which messages it has not answered. */
  describe(): DetailObject {
    return {
      connected: this.#connection !== undefined,
      consuming: this.#consumer !== undefined,
      round: this.#round,
      ...this.#newest.describe(),
    };
  }

  async handle(self: Self<LinkInfo>, message: InboundInfo): Promise<void> {
    if (message.tag === 'take') return this.#take(self);
    if (message.round !== this.#round) {
      if (message.tag === 'consuming') this.#cancel(message.consumer);
      return;
    }
    switch (message.tag) {
      case 'consuming':
        this.#consumer = message.consumer;
        this.#entry.inboundError = undefined;
        this.#troubles.over();
        return;
      case 'not_consuming': {
        this.#consumer = undefined;
        const reason = message.error instanceof Error ? message.error.message : 'the consumer ended';
        this.#entry.inboundError = reason;
        if (this.#troubles.worthSaying(reason))
          this.#needs.log.warn(
            { link: this.#link?.name, reason },
            'a linked server cannot be listened to; trying again',
          );
        self.sendAfter(RETRY_MS, { tag: 'consume', round: this.#round });
        return;
      }
      case 'consume':
        return this.#listen(self);
    }
  }

  /** Sees how long the far server has been silent. */
  async tick(self: Self<LinkInfo>): Promise<void> {
    const link = this.#link;
    if (link === undefined) return;
    const { clock, intervalMs, log } = this.#needs;
    const { heardAt, listensSince, freshness: before } = this.#entry;
    const now = freshness({
      heard: heardAt !== undefined,
      silentMs: clock.monotonic() - (heardAt ?? listensSince ?? clock.monotonic()),
      staleMs: link.staleMs ?? STALE_INTERVALS * intervalMs,
      maxStaleMs: link.maxStaleMs,
    });
    this.#entry.freshness = now;
    if (now === 'expired' && before !== 'expired') {
      log.warn({ link: link.name }, 'a linked server is silent for longer than its sets may be used');
      await takeOutOfService(self, this.#needs, link.name);
      this.#known = undefined;
    }
    showFreshness(this.#needs, link.name, this.#entry);
  }

  /** Takes over what is held, as an operator asked for. */
  async accept(self: Self<LinkInfo>, author: string): Promise<LinkReply> {
    const { held } = this.#entry;
    const link = this.#link;
    if (held === undefined || link === undefined) return { accepted: false };
    if (!(await takeOver(self, this.#needs, link, held.sets, { author, audit: true }))) return { accepted: false };
    this.#needs.log.warn({ link: link.name, author, ...held.loss }, 'the held sets of a linked server were accepted');
    this.#entry.held = undefined;
    showHeld(this.#needs, link.name, this.#entry);
    this.#heard();
    return { accepted: true, ...countSets(held.sets), lost: held.loss.lost };
  }

  #listen(self: Self<LinkInfo>): void {
    const [link, connection] = [this.#link, this.#connection];
    if (link === undefined || connection === undefined || this.#consumer !== undefined) return;
    const round = ++this.#round;
    const topology = inboundTopology(link.name);
    const begin = async (): Promise<Consumer> => {
      await declareTopology(connection, topology);
      return connection.consume(topology.queue, { prefetch: PREFETCH }, (delivery) =>
        this.#arrived(self, round, delivery),
      );
    };
    self.pipeToSelf(
      begin().then((consumer) => {
        consumer.ended.then(
          (error) => self.tell({ tag: 'not_consuming', round, error }),
          () => undefined,
        );
        return consumer;
      }),
      (consumer) => ({ tag: 'consuming', round, consumer }),
      (error) => ({ tag: 'not_consuming', round, error }),
    );
  }

  #listenNoMore(self: Self<LinkInfo>): void {
    this.#round += 1;
    if (this.#consumer !== undefined) this.#cancel(this.#consumer);
    this.#consumer = undefined;
    this.#newest.drop(self);
  }

  /** Also when this actor ends: a consumer must not outlive it. */
  #cancel(consumer: Consumer): void {
    consumer.cancel().catch((error: unknown) => this.#needs.log.debug({ err: error }, 'a consumer could not be ended'));
  }

  /** Ends the consumer when the actor is gone, outside of any turn. */
  drop(): void {
    this.#round += 1;
    if (this.#consumer !== undefined) this.#cancel(this.#consumer);
  }

  #arrived(self: Self<LinkInfo>, round: number, delivery: Delivery): void {
    if (round !== this.#round) return delivery.ack();
    this.#newest.arrived(self, delivery);
  }

  #take(self: Self<LinkInfo>): Promise<void> {
    return this.#newest.take(async (message) => {
      if (this.#link !== undefined) await this.#read(self, this.#link, message);
    });
  }

  async #read(self: Self<LinkInfo>, link: LinkSettings, message: Waiting): Promise<void> {
    const { config, metrics, world } = this.#needs;
    const json = openMessage(message, this.#needs);
    if ('refused' in json) return this.#refuse(link, json.refused);
    const digest = createHash('sha256').update(message.routingKey).update('\0').update(json).digest('hex');
    const known = this.#known;
    if (known?.digest === digest && world.rows('external').get(known.row.id) === known.row) {
      metrics.count('external_ipset_update');
      return this.#heard();
    }
    const learning = learnSets(link.name, message, json, this.#needs);
    const learnt = json.byteLength < LARGE_BYTES ? finish(learning) : await messageSlices.run(learning);
    if ('refused' in learnt) return this.#refuse(link, learnt.refused);
    // Megabytes may have been read: whoever waits has a turn before as many are compared.
    await pause(self, 1);
    const { sets, leftOut } = learnt;
    const external = await externalNamed(self, this.#needs, link.name);
    const { kind, loss } = await judge(self, external, sets, config.links.shrink_percent);
    if (kind === 'hold') {
      this.#entry.held = { sets, loss, since: this.#entry.held?.since ?? nowSeconds(this.#needs.clock) };
      showHeld(this.#needs, link.name, this.#entry);
      return this.#heard();
    }
    if (kind === 'take' && !(await takeOver(self, this.#needs, link, sets, { author: 'system', audit: false }))) return;
    this.#entry.held = undefined;
    this.#entry.leftOut = [...leftOut, ...overflowingNames(sets, link.name, link.handling)];
    showHeld(this.#needs, link.name, this.#entry);
    const row = [...world.rows('external').values()].find(({ name }) => name === link.name);
    this.#known = kind === 'same' && row !== undefined ? { digest, row } : undefined;
    this.#heard();
  }

  #heard(): void {
    const { clock } = this.#needs;
    Object.assign(this.#entry, {
      heard: true,
      heardAt: clock.monotonic(),
      heardTime: nowSeconds(clock),
      freshness: 'fresh',
    } satisfies Partial<LinkEntry>);
    if (this.#link !== undefined) showFreshness(this.#needs, this.#link.name, this.#entry);
  }

  #refuse({ name }: LinkSettings, reason: string): void {
    const { metrics, log, clock } = this.#needs;
    metrics.count('dog_trainer_link_refused_total', name);
    this.#entry.refused = { count: (this.#entry.refused?.count ?? 0) + 1, reason, at: nowSeconds(clock) };
    if (this.#refusals.worthSaying(reason)) log.warn({ link: name, reason }, 'a message for a link is refused');
  }
}
