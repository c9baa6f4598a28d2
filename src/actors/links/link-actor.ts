import type { LinkSettings } from '../../federation/link-settings.js';
import { readLink } from '../../federation/link-settings.js';
import type { DetailObject, GenServer, Self } from '../../otp/index.js';
import type { World } from '../../world/world.js';
import type { BrokerLink } from '../broker/broker-link.js';
import { describeLink } from './describe-link.js';
import { takeOutOfService } from './external-row.js';
import { InboundHalf, type InboundNeeds } from './inbound-half.js';
import type { LinkBook, LinkEntry } from './link-book.js';
import type { LinkCall, LinkCast, LinkInfo, LinkReply } from './link-messages.js';
import { OutboundHalf, type OutboundNeeds } from './outbound-half.js';

export interface LinkActorNeeds extends InboundNeeds, OutboundNeeds {
  readonly world: Pick<World, 'ready' | 'rows'>;
  readonly book: Pick<LinkBook, 'entry' | 'forget'>;
  /** Our own broker, as those who consume from it know it. */
  readonly reportsLink: Pick<BrokerLink, 'subscribe'>;
}

/**
 * One link to another server: tells it our own sets, and takes over what it tells of itself
 * (docs/protocol.md#linked-servers). It works as the link's row says, from one moment to the next; an outage of either
 * broker is a state, and a disconnect changes no set.
 */
export class LinkActor implements GenServer<LinkCall, LinkReply, LinkCast, LinkInfo> {
  readonly #needs: LinkActorNeeds;
  readonly #id: string;
  readonly #entry: LinkEntry;
  readonly #inbound: InboundHalf;
  readonly #outbound: OutboundHalf;
  #receives: boolean | undefined = undefined;
  #sends = false;

  constructor(needs: LinkActorNeeds, id: string) {
    this.#needs = needs;
    this.#id = id;
    this.#entry = needs.book.entry(id);
    this.#inbound = new InboundHalf(needs, this.#entry);
    this.#outbound = new OutboundHalf(needs, this.#entry);
  }

  init(self: Self<LinkInfo>): void {
    self.signal.addEventListener(
      'abort',
      () => {
        this.#inbound.drop();
        this.#outbound.drop();
      },
      { once: true },
    );
    const connection = this.#needs.reportsLink.subscribe(self);
    if (connection !== undefined) this.#inbound.brokerUp(self, connection);
    self.sendInterval(this.#needs.intervalMs, { tag: 'tick' });
  }

  async handleCast(self: Self<LinkInfo>): Promise<void> {
    // Before all tables are in, a row that is missing may only not have been read yet.
    if (this.#needs.world.ready) await this.#sync(self);
  }

  handleCall(self: Self<LinkInfo>, { author }: LinkCall): Promise<LinkReply> {
    return this.#inbound.accept(self, author);
  }

  async handleInfo(self: Self<LinkInfo>, message: LinkInfo): Promise<void> {
    switch (message.tag) {
      case 'broker_up':
        return this.#inbound.brokerUp(self, message.connection);
      case 'broker_down':
        return this.#inbound.brokerDown(self);
      case 'tick':
        if (this.#receives === true) await this.#inbound.tick(self);
        return this.#outbound.tick(self);
      case 'consume':
      case 'consuming':
      case 'not_consuming':
      case 'take':
        return this.#inbound.handle(self, message);
      case 'far_connect':
      case 'far_up':
      case 'far_failed':
      case 'far_lost':
      case 'far_sent':
        return this.#outbound.handle(self, message);
    }
  }

  describe(): DetailObject {
    return describeLink(this.#entry, { receives: this.#receives === true, sends: this.#sends });
  }

  /** Both halves with their connections and mail; of the settings the name alone, which hold a password. */
  formatStatus(): DetailObject {
    const { heard, listensSince } = this.#entry;
    return {
      ...this.describe(),
      id: this.#id,
      heard,
      listens: listensSince !== undefined,
      receiving: this.#inbound.describe(),
      sending: this.#outbound.describe(),
    };
  }

  /** Works by the row as it is now; where it is gone, what it brought goes too, and this actor. */
  async #sync(self: Self<LinkInfo>): Promise<void> {
    const row = this.#needs.world.rows('link').get(this.#id);
    const link = row === undefined ? undefined : readLink(row);
    const taken = link === undefined ? undefined : this.#twin(link);
    const receives = link?.receives === true && taken === undefined;
    const before = this.#entry.name;
    if (before === '' && link !== undefined) this.#entry.name = link.name;
    this.#entry.fault = link?.fault ?? taken;
    if (receives) this.#inbound.start(self, link);
    else if (this.#receives !== false) this.#inbound.stop(self);
    const sends = link?.sends === true && taken === undefined;
    if (sends) this.#outbound.start(self, link);
    else this.#outbound.stop();
    this.#sends = sends;
    if (link !== undefined) this.#entry.name = link.name;
    if (before !== '' && before !== link?.name) await this.#outOfService(self, before);
    if (link !== undefined && !receives && this.#receives !== false) await this.#outOfService(self, link.name);
    this.#receives = receives;
    if (link !== undefined) return;
    this.#needs.book.forget(this.#id);
    self.stop('normal');
  }

  /** Unless another link brings the sets of that name. */
  async #outOfService(self: Self<LinkInfo>, name: string): Promise<void> {
    const links = [...this.#needs.world.rows('link').values()].filter(({ id }) => id !== this.#id).map(readLink);
    if (!links.some((link) => link.receives && link.name === name)) await takeOutOfService(self, this.#needs, name);
  }

  /** Old data may have several links of one name: the first enabled one by id works. */
  #twin({ id, name, enabled }: LinkSettings): string | undefined {
    if (!enabled) return undefined;
    const twins = [...this.#needs.world.rows('link').values()].filter(
      (row) => row.name === name && row.enabled === true,
    );
    const [first = id] = twins.map((row) => row.id).sort();
    return first === id ? undefined : `name: the link ${first} has this name too, and is the one that works`;
  }
}
