import type { RDatum } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { counted } from '../../model/counted.js';
import type { Document, Table } from '../../model/document.js';
import { INDEXED_FIELDS } from '../indexed-fields.js';
import type {
  AuditEntry,
  AuditQuery,
  Change,
  CommitBy,
  CommitResult,
  Cursor,
  Feed,
  FeedEvent,
  Store,
  Stored,
  StoreState,
} from '../store.js';
import { StoreError } from '../store.js';
import type { StoreStatus } from '../store-status.js';
import { readAudit, trimAudit } from './audit-table.js';
import type { Committer } from './committer.js';
import type { FeedOptions } from './rethink-feed.js';
import { RethinkFeed } from './rethink-feed.js';
import { AUDIT } from './prepare-database.js';
import { lookAtTables } from './look-at-tables.js';
import type { RethinkLink } from './rethink-link.js';
import type { RawRow } from './stored-form.js';
import { HIDDEN, isKey, visible } from './stored-form.js';
import type { Transaction } from './transaction.js';

export interface RethinkStoreParts {
  readonly link: RethinkLink;
  readonly status: StoreStatus;
  readonly transaction: Transaction;
  readonly committer: Committer;
  readonly feeds: FeedOptions;
  readonly now: () => number;
  readonly notice: (message: string) => void;
  readonly audit: { readonly rows: number; readonly ageMs: number };
  /** Whether a table, in a database that is only looked at, is not there. */
  readonly isAbsent: (table: string) => boolean;
  /** How often commits that other servers left lying are seen to, ms; absent: never. */
  readonly sweepMs?: number;
}

/** The store on a RethinkDB, which other servers may share (see Transaction for what that takes). */
export class RethinkStore implements Store {
  readonly kind = 'rethinkdb';
  readonly #parts: RethinkStoreParts;
  readonly #feeds = new Set<RethinkFeed>();
  readonly #sweeper: NodeJS.Timeout | undefined;
  readonly #pending = new Set<Promise<unknown>>();
  #sweeping = false;
  #said: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: RethinkStoreParts) {
    this.#parts = parts;
    if (parts.sweepMs !== undefined) this.#sweeper = setInterval(() => void this.#sweep(), parts.sweepMs).unref();
  }

  async now(): Promise<number> {
    this.#mustBeOpen();
    return Math.round((await this.#parts.link.read<number>(r.now().toEpochTime())) * 1_000);
  }

  async get(table: Table, id: string): Promise<Stored | undefined> {
    this.#mustBeOpen();
    if (!isKey(id) || this.#parts.isAbsent(table)) return undefined;
    return visible(await this.#parts.link.read<RawRow | null>(r.table(table).get(id), table));
  }

  async list(table: Table): Promise<readonly Stored[]> {
    this.#mustBeOpen();
    if (this.#parts.isAbsent(table)) return [];
    return shown(await this.#parts.link.read<readonly RawRow[]>(r.table(table), table));
  }

  async listFields(table: Table, fields: readonly string[]): Promise<readonly Document[]> {
    this.#mustBeOpen();
    if (this.#parts.isAbsent(table)) return [];
    const rows = await this.#parts.link.read<readonly RawRow[]>(r.table(table).pluck('id', HIDDEN, ...fields), table);
    return shown(rows).map(({ doc }) => doc);
  }

  async find(table: Table, field: string, value: string): Promise<readonly Stored[]> {
    this.#mustBeOpen();
    if (this.#parts.isAbsent(table)) return [];
    const from = r.table(table);
    const indexed = INDEXED_FIELDS[table]?.includes(field) === true;
    const query = indexed ? from.getAll(value, { index: field }) : from.filter((row: RDatum) => row(field).eq(value));
    return shown(await this.#parts.link.read<readonly RawRow[]>(query, table));
  }

  async commit(changes: readonly Change[], by: CommitBy): Promise<CommitResult> {
    this.#mustBeOpen();
    return this.#tracked(this.#parts.committer.commit(changes, by));
  }

  feed(table: Table, _from: Cursor | undefined, on: (event: FeedEvent) => void): Feed {
    this.#mustBeOpen();
    if (this.#parts.isAbsent(table)) return emptyFeed(on);
    const feed = new RethinkFeed(this.#parts.link, table, this.#parts.feeds, (event) => {
      if (event.type === 'lost') this.#feeds.delete(feed);
      on(event);
    });
    this.#feeds.add(feed);
    return {
      close: async () => {
        this.#feeds.delete(feed);
        await feed.close();
      },
    };
  }

  async audit(query: AuditQuery): Promise<readonly AuditEntry[]> {
    this.#mustBeOpen();
    if (this.#parts.isAbsent(AUDIT)) return [];
    return readAudit(this.#parts.link, query);
  }

  state(): StoreState {
    return this.#parts.status.current;
  }

  onState(listener: (state: StoreState) => void): () => void {
    return this.#parts.status.listen(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweeper);
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
    const error = new StoreError('closed', 'the store is closed');
    const feeds = [...this.#feeds].map((feed) => feed.lose(error));
    await Promise.all([...feeds, this.#parts.link.close()]);
  }

  async #sweep(): Promise<void> {
    const { link, status, transaction, notice, now, audit } = this.#parts;
    if (this.#sweeping || !status.current.up) return;
    this.#sweeping = true;
    try {
      await this.#tracked(lookAtTables(link));
      const left = await this.#tracked(transaction.sweep());
      if (left > 0) notice(`finished or aborted ${counted(left, 'commit')} that a server had left unfinished`);
      await this.#tracked(trimAudit(link, { rows: audit.rows, since: now() - audit.ageMs }));
      this.#said = undefined;
    } catch (error) {
      this.#sayOnce(`tidying up goes on later: ${(error as Error).message}`);
    } finally {
      this.#sweeping = false;
    }
  }

  /** Tidying up may fail for hours, for the same reason. */
  #sayOnce(text: string): void {
    if (this.#said === text) return;
    this.#said = text;
    this.#parts.notice(text);
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work);
    try {
      return await work;
    } finally {
      this.#pending.delete(work);
    }
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new StoreError('closed', 'the store is closed');
  }
}

function shown(rows: readonly RawRow[]): readonly Stored[] {
  return Object.freeze(rows.flatMap((row) => visible(row) ?? []));
}

/** The feed of a table that does not exist: no rows and no changes. */
function emptyFeed(on: (event: FeedEvent) => void): Feed {
  let open = true;
  setImmediate(() => {
    if (open) on({ type: 'snapshot', rows: [], cursor: '' });
  });
  return {
    close: () => {
      open = false;
      return Promise.resolve();
    },
  };
}
