import { AsyncResource } from 'node:async_hooks';
import type { Table } from '../../model/document.js';
import type { Cursor, Feed, FeedEvent, RowChange, Stored } from '../store.js';
import type { StoreError } from '../store.js';
import type { Effect } from './apply-changes.js';
import type { History } from './history.js';

export interface FeedHubParts {
  readonly history: History;
  /** The newest durable change number. */
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

  /** Passes a durable batch on. */
  publish(effects: readonly Effect[]): void {
    const cursor = this.#parts.history.cursor(this.#parts.seq());
    for (const [table, feeds] of this.#feeds) {
      if (feeds.size === 0) continue;
      const changes = Object.freeze(effects.filter((effect) => effect.table === table).map(rowChange));
      if (changes.length === 0) continue;
      for (const feed of feeds) feed.push({ type: 'changes', changes, cursor });
    }
  }

  /** Ends all feeds with a `lost` event; resolves when no callback will run any more. */
  async closeAll(error: StoreError): Promise<void> {
    const feeds = [...this.#feeds.values()].flatMap((set) => [...set]);
    for (const feed of feeds) feed.push({ type: 'lost', error });
    await Promise.all(feeds.map((feed) => feed.ended));
  }

  #first(table: Table, from: Cursor | undefined): FeedEvent | undefined {
    const { history, seq, rows, errorOf } = this.#parts;
    try {
      const cursor = history.cursor(seq());
      const changes = from === undefined ? undefined : history.since(table, from, seq());
      if (changes === undefined) return { type: 'snapshot', rows: rows(table), cursor };
      return changes.length === 0 ? undefined : { type: 'changes', changes, cursor };
    } catch (error) {
      return { type: 'lost', error: errorOf(error) };
    }
  }
}

function rowChange({ id, before, after }: Effect): RowChange {
  return { id, ...(before && { before: before.stored.doc }), ...(after && { after: after.stored.doc }) };
}

/**
 * One watcher. Events wait for a microtask of their own, run in the watcher's async context: what its callback throws
 * is its own fault, ends its feed (a skipped event would be a lost change), and nobody else's.
 */
class LiveFeed implements Feed {
  readonly ended: Promise<void>;
  readonly #context = new AsyncResource('StoreFeed');
  readonly #on: (event: FeedEvent) => void;
  readonly #onEnd: () => void;
  #settle: () => void = () => undefined;
  /** Makes the first event; taken away once it was asked for. */
  #first: (() => FeedEvent | undefined) | undefined;
  #pending: FeedEvent[] = [];
  #scheduled = false;
  #open = true;

  constructor(first: () => FeedEvent | undefined, on: (event: FeedEvent) => void, onEnd: () => void) {
    this.#first = first;
    this.#on = on;
    this.#onEnd = onEnd;
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.#schedule();
  }

  push(event: FeedEvent): void {
    // Before the first event was made there is nothing to add: it will cover this change too.
    if (!this.#open || (this.#first !== undefined && event.type !== 'lost')) return;
    this.#pending.push(event);
    this.#schedule();
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
    const first = this.#first?.();
    this.#first = undefined;
    if (first !== undefined) this.#pending.unshift(first);
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

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pending = [];
    this.#onEnd();
    this.#settle();
  }
}
