import { AsyncResource } from 'node:async_hooks';
import type { Table } from '../../model/document.js';
import type { Cursor, Feed, FeedEvent, RowChange, Stored } from '../store.js';
import type { StoreError } from '../store.js';
import type { Effect } from './apply-changes.js';
import type { History } from './history.js';

export interface FeedHubParts {
  readonly history: History;
  /** The newest change number that documents show. */
  readonly seq: () => number;
  readonly rows: (table: Table) => readonly Stored[];
  /** Turns what reading the history threw into the port's error. */
  readonly errorOf: (error: unknown) => StoreError;
}

/** Gives each watcher its table's changes, in order, from where it left off. */
export class FeedHub {
  readonly #parts: FeedHubParts;
  readonly #feeds = new Map<Table, Set<LiveFeed>>();

  constructor(parts: FeedHubParts) {
    this.#parts = parts;
  }

  open(table: Table, from: Cursor | undefined, on: (event: FeedEvent) => void): Feed {
    const feeds = this.#feeds.get(table) ?? new Set();
    this.#feeds.set(table, feeds);
    const feed: LiveFeed = new LiveFeed(
      () => this.#first(table, from),
      on,
      () => feeds.delete(feed),
    );
    feeds.add(feed);
    return feed;
  }

  /** Passes a batch on, now that it is durable. Batches come in order. */
  publish(effects: readonly Effect[]): void {
    const last = effects.at(-1)?.seq ?? 0;
    const cursor = this.#parts.history.cursor(last);
    for (const [table, feeds] of this.#feeds) {
      if (feeds.size === 0) continue;
      const changes = Object.freeze(effects.filter((effect) => effect.table === table).map(rowChange));
      if (changes.length === 0) continue;
      for (const feed of feeds) feed.changed({ type: 'changes', changes, cursor }, last);
    }
  }

  /** Ends all feeds with a `lost` event; resolves when no callback will run any more. */
  async closeAll(error: StoreError): Promise<void> {
    const feeds = [...this.#feeds.values()].flatMap((set) => [...set]);
    for (const feed of feeds) feed.lose(error);
    await Promise.all(feeds.map((feed) => feed.ended));
  }

  #first(table: Table, from: Cursor | undefined): First {
    const { history, seq, rows, errorOf } = this.#parts;
    const upTo = seq();
    try {
      const cursor = history.cursor(upTo);
      const changes = from === undefined ? undefined : history.since(table, from, upTo);
      if (changes === undefined) return { upTo, event: { type: 'snapshot', rows: rows(table), cursor } };
      return { upTo, event: changes.length === 0 ? undefined : { type: 'changes', changes, cursor } };
    } catch (error) {
      return { upTo, event: { type: 'lost', error: errorOf(error) } };
    }
  }
}

function rowChange({ id, before, after }: Effect): RowChange {
  return { id, ...(before && { before: before.stored.doc }), ...(after && { after: after.stored.doc }) };
}

/** How a feed begins: up to which change its first event covers its table, and the event, if there is anything to say. */
interface First {
  readonly upTo: number;
  readonly event: FeedEvent | undefined;
}

/**
 * One watcher. Events wait for a microtask of their own, run in the watcher's async context: what its callback throws
 * ends this feed only (a skipped event would be a lost change).
 */
class LiveFeed implements Feed {
  readonly ended: Promise<void>;
  readonly #context = new AsyncResource('StoreFeed');
  readonly #on: (event: FeedEvent) => void;
  readonly #onEnd: () => void;
  #settle: () => void = () => undefined;
  /** Makes the first event; taken away once it was asked for. */
  #first: (() => First) | undefined;
  #covered = 0;
  #pending: FeedEvent[] = [];
  #scheduled = false;
  #open = true;

  constructor(first: () => First, on: (event: FeedEvent) => void, onEnd: () => void) {
    this.#first = first;
    this.#on = on;
    this.#onEnd = onEnd;
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.#schedule();
  }

  /** `last` is the batch's last change. Its changes may be in the first event already: those are not told twice. */
  changed(event: FeedEvent, last: number): void {
    if (this.#first === undefined && last > this.#covered) this.#push(event);
  }

  lose(error: StoreError): void {
    this.#push({ type: 'lost', error });
  }

  close(): Promise<void> {
    this.#end();
    return this.ended;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#context.runInAsyncScope(() => queueMicrotask(() => this.#deliver()));
  }

  #deliver(): void {
    this.#scheduled = false;
    if (!this.#open) return;
    this.#begin();
    try {
      for (let event = this.#pending.shift(); this.#open && event !== undefined; event = this.#pending.shift()) {
        if (event.type === 'lost') this.#end();
        this.#on(event);
      }
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  #begin(): void {
    if (this.#first === undefined) return;
    const { upTo, event } = this.#first();
    this.#first = undefined;
    this.#covered = upTo;
    if (event !== undefined) this.#pending.unshift(event);
  }

  #push(event: FeedEvent): void {
    if (!this.#open) return;
    this.#pending.push(event);
    this.#schedule();
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pending = [];
    this.#onEnd();
    this.#settle();
  }
}
