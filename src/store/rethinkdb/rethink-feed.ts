import { AsyncResource } from 'node:async_hooks';
import type { Changes, Connection } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import type { Table } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import type { Feed, FeedEvent, RowChange, Stored } from '../store.js';
import { StoreError } from '../store.js';
import { rethinkError } from './rethink-errors.js';
import type { RethinkLink } from './rethink-link.js';
import type { RawRow } from './stored-form.js';
import { visible } from './stored-form.js';

/** RethinkDB keeps no history: a feed always begins with a snapshot, and its cursor says nothing. */
const CURSOR = 'rethinkdb keeps no history';

type FeedRow = Changes<RawRow> & { readonly error?: string };

export interface FeedOptions {
  /** Seconds over which RethinkDB may merge changes of one document; 0: every change is told. */
  readonly squashS: number;
  /** How many changes RethinkDB keeps for a feed that does not read them; absent: its own default, 100,000. */
  readonly queueSize?: number;
  /** How often a silent feed is asked whether its connection still lives. */
  readonly pingMs: number;
}

/**
 * One watcher on a connection of its own. RethinkDB never resumes a feed, and can end one without an error or lose
 * events of one that is read too slowly; each of these is told as `lost`.
 */
export class RethinkFeed implements Feed {
  readonly #link: RethinkLink;
  readonly #table: Table;
  readonly #options: FeedOptions;
  readonly #on: (event: FeedEvent) => void;
  readonly #context = new AsyncResource('StoreFeed');
  readonly #ended: Promise<void>;
  #connection: Connection | undefined;
  #open = true;
  /** Rows of the first answer, until it is complete. */
  #initial: Map<string, Stored> | undefined = new Map();
  #changes: RowChange[] = [];

  constructor(link: RethinkLink, table: Table, options: FeedOptions, on: (event: FeedEvent) => void) {
    this.#link = link;
    this.#table = table;
    this.#options = options;
    this.#on = on;
    this.#ended = this.#run();
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#end();
  }

  /** Ends it with a last event. */
  async lose(error: StoreError): Promise<void> {
    this.#fail(error);
    await this.#end();
  }

  async #end(): Promise<void> {
    // A connection that is still being made is closed once it is there, without waiting for it.
    if (this.#connection === undefined) return;
    await this.#hangUp();
    await this.#ended;
  }

  async #run(): Promise<void> {
    // Whatever comes first, it comes after feed() has returned.
    await Promise.resolve();
    let ping: NodeJS.Timeout | undefined;
    try {
      this.#connection = await this.#link.dedicated();
      if (!this.#open) return;
      const connection = this.#connection;
      connection.on('error', () => undefined); // The cursor reports it.
      ping = setInterval(() => void this.#ping(connection), this.#options.pingMs);
      await this.#link.inTime(r.table(this.#table).wait({ waitFor: 'ready_for_writes', timeout: 20 }).run(connection));
      await this.#follow(connection);
      this.#fail(new StoreError('unavailable', `${this.#link.where}: the feed of ${this.#table} ended`));
    } catch (error) {
      const failure = rethinkError(error, `${this.#link.where}, table ${this.#table}`, 'read');
      this.#link.feedFailed(this.#table, failure);
      this.#fail(failure);
    } finally {
      clearInterval(ping);
      await this.#hangUp();
    }
  }

  async #follow(connection: Connection): Promise<void> {
    const { squashS, queueSize } = this.#options;
    const feed = r.table(this.#table).changes({
      includeInitial: true,
      includeStates: true,
      includeTypes: true,
      squash: squashS === 0 ? false : squashS,
      ...(queueSize !== undefined && { changefeedQueueSize: queueSize }),
    });
    const cursor = await this.#link.inTime(feed.run(connection, { timeFormat: 'raw', binaryFormat: 'raw' }));
    while (this.#open) this.#take((await cursor.next()) as FeedRow);
  }

  #take(row: FeedRow): void {
    if (row.error !== undefined) {
      throw new StoreError('unavailable', `${this.#link.where}: the feed of ${this.#table} lost events: ${row.error}`);
    }
    if (row.type === 'state') {
      if (row.state === 'ready') this.#ready();
      return;
    }
    const before = visible(row.old_val);
    const after = visible(row.new_val);
    const id = (row.new_val ?? row.old_val)?.id;
    if (id === undefined) return;
    if (this.#initial !== undefined) {
      if (after === undefined) this.#initial.delete(id);
      else this.#initial.set(id, after);
      return;
    }
    // A row that was only locked, or only a lock, shows no change.
    if (before === after || (before !== undefined && after !== undefined && sameJson(before.doc, after.doc))) return;
    if (this.#changes.length === 0) setImmediate(() => this.#flush());
    this.#changes.push({ id, ...(before && { before: before.doc }), ...(after && { after: after.doc }) });
  }

  #ready(): void {
    const rows = Object.freeze([...(this.#initial?.values() ?? [])]);
    this.#initial = undefined;
    this.#tell({ type: 'snapshot', rows, cursor: CURSOR });
  }

  #flush(): void {
    const changes = Object.freeze(this.#changes);
    this.#changes = [];
    if (changes.length > 0) this.#tell({ type: 'changes', changes, cursor: CURSOR });
  }

  #fail(error: StoreError): void {
    if (!this.#open) return;
    this.#flush();
    this.#tell({ type: 'lost', error });
    this.#open = false;
  }

  /** What the callback throws is its own fault: it ends the feed and is thrown on where it belongs to the watcher. */
  #tell(event: FeedEvent): void {
    if (!this.#open) return;
    this.#context.runInAsyncScope(() => {
      try {
        this.#on(event);
      } catch (error) {
        this.#open = false;
        void this.#hangUp();
        queueMicrotask(() => {
          throw error;
        });
      }
    });
  }

  async #ping(connection: Connection): Promise<void> {
    try {
      await this.#link.inTime(r.expr(1).run(connection));
    } catch (error) {
      this.#fail(rethinkError(error, this.#link.where, 'read'));
      await this.#hangUp();
    }
  }

  async #hangUp(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    try {
      await connection?.close();
    } catch {
      // It is gone, which is what was wanted.
    }
  }
}
