import type { Metrics } from '../../metrics/create-metrics.js';
import { backoffMs, type Backoff, type Clock, type DetailObject, type Self, type GenServer } from '../../otp/index.js';
import { tableDeclaration } from '../../resources/resources.js';
import type { Cursor, Feed, FeedEvent, Store } from '../../store/store.js';
import type { Dirt } from '../../world/dirt.js';
import type { World, WorldTableName } from '../../world/world.js';
import type { Log } from '../../log/log.js';

export interface WatcherNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly store: Pick<Store, 'feed'>;
  readonly world: Pick<World, 'rows' | 'apply' | 'reconcile'>;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
  readonly metrics: Pick<Metrics, 'count'>;
  /** Tells the actors concerned what a change made stale. */
  readonly route: (dirt: Dirt) => void;
}

type Info = { readonly tag: 'open' } | { readonly tag: 'feed'; readonly feed: number; readonly event: FeedEvent };

const REOPEN: Backoff = { baseMs: 500, maxMs: 10_000 };

/**
 * Watches one table and keeps the world's copy of it. A lost feed is opened again after a wait; it goes on from where
 * it was, or brings the whole table, which is then reconciled, so that nothing that happened meanwhile is missed.
 */
export class Watcher implements GenServer<never, never, never, Info> {
  readonly #needs: WatcherNeeds;
  readonly #table: WorldTableName;
  #feed: Feed | undefined = undefined;
  /** Tells events of this feed from those of one given up. */
  #number = 0;
  #cursor: Cursor | undefined = undefined;
  #losses = 0;
  #since: number;
  #lastError: string | undefined = undefined;

  constructor(needs: WatcherNeeds, table: WorldTableName) {
    this.#needs = needs;
    this.#table = table;
    this.#since = needs.clock.now();
  }

  init(self: Self<Info>): void {
    self.signal.addEventListener('abort', () => this.#close(), { once: true });
    this.#open(self);
  }

  handleInfo(self: Self<Info>, message: Info): void {
    if (message.tag === 'open') return this.#open(self);
    if (message.feed !== this.#number) return;
    const { world, log, route } = this.#needs;
    const { event } = message;
    switch (event.type) {
      case 'snapshot':
        this.#healthy(self, event.cursor);
        route(
          world.reconcile(
            this.#table,
            event.rows.map(({ doc }) => doc),
          ),
        );
        return;
      case 'changes':
        this.#healthy(self, event.cursor);
        route(this.#counted(world.apply(this.#table, event.changes), event.changes.length));
        return;
      case 'lost': {
        this.#losses += 1;
        if (this.#losses === 1)
          log.warn({ table: this.#table, err: event.error }, 'a feed of the store is lost; opening it again');
        this.#lastError = event.error.message;
        this.#feed = undefined;
        this.#number += 1;
        self.sendAfter(backoffMs(REOPEN, this.#losses, Math.random()), { tag: 'open' });
      }
    }
  }

  describe(): DetailObject {
    return {
      rows: this.#needs.world.rows(this.#table).size,
      state: this.#lastError === undefined ? 'watching' : 'lost',
      since: Math.floor(this.#since / 1000),
      ...(this.#lastError === undefined ? {} : { error: this.#lastError }),
    };
  }

  /** Some tables are counted by the row, some by the batch (docs/metrics.md#counters-that-scrapers-know). */
  #counted(dirt: Dirt, rows: number): Dirt {
    const { hosts, hostConfigs } = dirt;
    const counts = tableDeclaration(this.#table)?.watch?.counts?.({ rows, hosts, hostConfigs }) ?? {};
    for (const [key, by] of Object.entries(counts)) if (by > 0) this.#needs.metrics.count('watcher', key, by);
    return dirt;
  }

  #open(self: Self<Info>): void {
    this.#number += 1;
    const feed = this.#number;
    this.#feed = this.#needs.store.feed(this.#table, this.#cursor, (event) => {
      self.tell({ tag: 'feed', feed, event });
    });
  }

  #healthy(self: Self<Info>, cursor: Cursor): void {
    this.#cursor = cursor;
    if (this.#lastError !== undefined) {
      this.#since = self.now();
      this.#needs.log.info({ table: this.#table }, 'the feed is back');
    }
    this.#losses = 0;
    this.#lastError = undefined;
  }

  #close(): void {
    const feed = this.#feed;
    this.#feed = undefined;
    feed?.close().catch((error: unknown) => this.#needs.log.debug({ err: error }, 'closing a feed failed'));
  }
}
