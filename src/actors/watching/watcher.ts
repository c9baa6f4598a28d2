import { backoffMs, type Backoff, type DetailObject, type Self, type GenServer } from '../../otp/index.js';
import type { Cursor, Feed, FeedEvent } from '../../store/store.js';
import type { Dirt } from '../../world/dirt.js';
import type { WorldTableName } from '../../world/world.js';
import type { ServerContext } from '../context.js';
import { tell } from '../tell.js';

/** Whom a watcher tells what a change made stale. */
export type Route = (context: ServerContext, dirt: Dirt) => void;

type Info = { readonly tag: 'open' } | { readonly tag: 'feed'; readonly feed: number; readonly event: FeedEvent };

/** Whether any of these changes touches one of the fields, the row's coming and going included. */
function differsIn(changes: Dirt['hosts'], fields: readonly string[]): boolean {
  return changes.some(({ before, after }) => fields.some((field) => before?.[field] !== after?.[field]));
}

const REOPEN: Backoff = { baseMs: 500, maxMs: 10_000 };

/**
 * Watches one table and keeps the world's copy of it. A lost feed is opened again after a wait; it goes on from where
 * it was, or brings the whole table, which is then reconciled, so that nothing that happened meanwhile is missed.
 */
export class Watcher implements GenServer<never, never, never, Info> {
  readonly #context: ServerContext;
  readonly #table: WorldTableName;
  readonly #route: Route;
  #feed: Feed | undefined = undefined;
  /** Tells events of this feed from those of one given up. */
  #number = 0;
  #cursor: Cursor | undefined = undefined;
  #losses = 0;
  #since: number;
  #lastError: string | undefined = undefined;

  constructor(context: ServerContext, table: WorldTableName, route: Route) {
    this.#route = route;
    this.#context = context;
    this.#table = table;
    this.#since = context.system.clock.now();
  }

  init(self: Self): void {
    self.signal.addEventListener('abort', () => this.#close(), { once: true });
    this.#open(self);
  }

  handleInfo(self: Self, message: Info): void {
    if (message.tag === 'open') return this.#open(self);
    if (message.feed !== this.#number) return;
    const { world, log } = this.#context;
    const { event } = message;
    switch (event.type) {
      case 'snapshot':
        this.#healthy(self, event.cursor);
        this.#route(
          this.#context,
          world.reconcile(
            this.#table,
            event.rows.map(({ doc }) => doc),
          ),
        );
        return;
      case 'changes':
        this.#healthy(self, event.cursor);
        this.#route(this.#context, this.#counted(world.apply(this.#table, event.changes), event.changes.length));
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
      rows: this.#context.world.rows(this.#table).size,
      state: this.#lastError === undefined ? 'watching' : 'lost',
      since: Math.floor(this.#since / 1000),
      ...(this.#lastError === undefined ? {} : { error: this.#lastError }),
    };
  }

  /**
   * Counts as the old server did: some tables by the row, some by the batch
   * (docs/metrics.md#counters-that-scrapers-know).
   */
  #counted(dirt: Dirt, rows: number): Dirt {
    const { metrics } = this.#context;
    switch (this.#table) {
      case 'group':
      case 'zone':
      case 'link':
        metrics.count('watcher', `${this.#table}_update`, rows);
        break;
      case 'ruleset':
      case 'profile':
      case 'service':
        metrics.count('watcher', `${this.#table}_update`);
        break;
      case 'host':
        if (dirt.hostConfigs.length > 0) metrics.count('watcher', 'host_config_update', dirt.hostConfigs.length);
        // The old feed of interfaces counted under this name too, once a batch.
        if (differsIn(dirt.hosts, ['interfaces'])) metrics.count('watcher', 'host_config_update');
        if (differsIn(dirt.hosts, ['name', 'active', 'hostkey'])) metrics.count('watcher', 'host_active_update');
        break;
      case 'external':
      case 'host_report':
      case 'ipset':
    }
    return dirt;
  }

  #open(self: Self): void {
    this.#number += 1;
    const feed = this.#number;
    this.#feed = this.#context.store.feed(this.#table, this.#cursor, (event) => {
      tell<Info>(self, { tag: 'feed', feed, event });
    });
  }

  #healthy(self: Self, cursor: Cursor): void {
    this.#cursor = cursor;
    if (this.#lastError !== undefined) {
      this.#since = self.now();
      this.#context.log.info({ table: this.#table }, 'the feed is back');
    }
    this.#losses = 0;
    this.#lastError = undefined;
  }

  #close(): void {
    const feed = this.#feed;
    this.#feed = undefined;
    feed?.close().catch((error: unknown) => this.#context.log.debug({ err: error }, 'closing a feed failed'));
  }
}
