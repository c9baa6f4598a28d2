import { afterEach, beforeEach } from 'vitest';
import type { Document, JsonObject, Table } from '../../../src/model/document.js';
import type { Change, CommitResult, Cursor, Feed, FeedEvent, Store, Stored } from '../../../src/store/store.js';

/** A store under test, fresh and empty, and what a suite may do to it from outside. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens the same data again. */
  reopen(): Promise<Store>;
  /** Takes, as another process would, a lock that commits to this document wait for; gives what lets it go. */
  block(table: Table, id: string): Promise<() => Promise<void>>;
  /** Closes the store and takes its data away. */
  destroy(): Promise<void>;
}

/** What differs between stores in ways that the port allows. */
export interface StoreTraits {
  readonly name: string;
  /** Whether a feed opened with a recent cursor gets the changes since (else it gets a snapshot). */
  readonly resumes: boolean;
  /** Whether `list` gives the order of creation. */
  readonly ordered: boolean;
  /** Whether every change is told, even when several follow each other quickly (else they may be merged). */
  readonly tellsEveryChange: boolean;
  /** Whether commits asked for together are done in the order of the asking. */
  readonly keepsCallOrder: boolean;
  /** Whether a key may be `__proto__` (else the commit is rejected). */
  readonly keepsProtoKeys: boolean;
  open(): Promise<StoreUnderTest>;
}

/** Opens a fresh store before each test of the enclosing suite; returns what gives the current one. */
export function eachTest(traits: StoreTraits): {
  store(): Store;
  reopen(): Promise<Store>;
  block: StoreUnderTest['block'];
} {
  let current: StoreUnderTest | undefined;
  let store: Store | undefined;
  beforeEach(async () => {
    current = await traits.open();
    store = current.store;
  });
  afterEach(async () => {
    await current?.destroy();
    current = undefined;
  });
  return {
    store() {
      if (store === undefined) throw new Error('no store outside of a test');
      return store;
    },
    async reopen() {
      if (current === undefined) throw new Error('no store outside of a test');
      store = await current.reopen();
      return store;
    },
    async block(table, id) {
      if (current === undefined) throw new Error('no store outside of a test');
      return current.block(table, id);
    },
  };
}

export const BY = { author: 'suite' } as const;

export function create(table: Table, doc: JsonObject, uniqueOn?: readonly string[]): Change {
  return { op: 'create', table, doc, ...(uniqueOn && { uniqueOn }) };
}

/** An edit that puts `fields` into the document. */
export function patch(table: Table, id: string, fields: JsonObject): Change {
  return { op: 'edit', table, id, edit: (current) => ({ ...current, ...fields }) };
}

export function remove(table: Table, id: string): Change {
  return { op: 'remove', table, id };
}

/** The stored documents of a commit that must have been written. */
export function written(result: CommitResult): readonly (Stored | undefined)[] {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.failure)}`);
  return result.stored;
}

/** The one document that a commit of one step wrote. */
export function one(result: CommitResult): Stored {
  const [stored] = written(result);
  if (stored === undefined) throw new Error('nothing was stored');
  return stored;
}

/** A watcher that keeps what its feed told it, and the table as it follows from that. */
export class Watcher {
  readonly events: FeedEvent[] = [];
  readonly rows = new Map<string, Document>();
  cursor: Cursor | undefined;
  readonly feed: Feed;
  #wake: () => void = () => undefined;

  constructor(store: Store, table: Table, from?: Cursor, rows: Iterable<readonly [string, Document]> = []) {
    for (const [id, doc] of rows) this.rows.set(id, doc);
    let returned = false;
    this.feed = store.feed(table, from, (event) => {
      if (!returned) throw new Error('an event came before feed() had returned');
      this.#take(event);
      this.#wake();
    });
    returned = true;
  }

  #take(event: FeedEvent): void {
    this.events.push(event);
    if (event.type === 'lost') return;
    this.cursor = event.cursor;
    if (event.type === 'snapshot') {
      this.rows.clear();
      for (const { doc } of event.rows) this.rows.set(doc.id, doc);
      return;
    }
    for (const { id, after } of event.changes) {
      if (after === undefined) this.rows.delete(id);
      else this.rows.set(id, after);
    }
  }

  /** Waits until `done`; the end of the feed, or the test's own time limit, ends a wait in vain. */
  async until(done: (watcher: this) => boolean): Promise<void> {
    while (!done(this)) {
      const last = this.events.at(-1);
      if (last?.type === 'lost') throw new Error('the feed was lost', { cause: last.error });
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
