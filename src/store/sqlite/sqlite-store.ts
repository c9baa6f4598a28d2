import type { Database } from '../../sqlite/database.js';
import { cutTo } from '../../model/cut-to.js';
import type { Document, Table } from '../../model/document.js';
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
import { readAudit } from './audit-trail.js';
import type { SpellDocument } from './apply-changes.js';
import type { WriterBounds } from './batch-writer.js';
import { BatchWriter } from './batch-writer.js';
import { FeedHub } from './feed-hub.js';
import { GroupCommit } from './group-commit.js';
import { History } from './history.js';
import type { Loaded } from './load-image.js';
import type { LogSync } from './log-sync.js';
import type { OwnerLock } from './owner-lock.js';
import type { Row } from './row.js';
import { storeError } from './sqlite-errors.js';
import { StoreStatus } from '../store-status.js';

/** How long a commit that may wait is kept where it does not say. */
const MOMENT_MS = 100;

function waitMsOf(mayWait: boolean | number): number {
  return typeof mayWait === 'number' ? mayWait : mayWait ? MOMENT_MS : 0;
}

export interface SqliteStoreParts {
  readonly path: string;
  readonly db: Database;
  readonly lock: OwnerLock | undefined;
  readonly log: LogSync;
  readonly loaded: Loaded;
  readonly now: () => number;
  readonly spell: SpellDocument;
  readonly bounds: WriterBounds;
  readonly busyMs: number;
  readonly maxWaiting: number;
  readonly probeMs: number;
  readonly replayLimit: number;
}

/** The embedded store: reads from memory, writes to SQLite (see Image and GroupCommit for why that is sound). */
export class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly held = (table: Table, id: string): Stored | undefined => {
    this.#mustBeOpen();
    return this.#parts.loaded.image.table(table).get(id)?.stored;
  };
  readonly #parts: SqliteStoreParts;
  readonly #status: StoreStatus;
  readonly #commits: GroupCommit;
  readonly #feeds: FeedHub;
  /** While it can't be written. */
  #probe: NodeJS.Timeout | undefined = undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: SqliteStoreParts) {
    this.#parts = parts;
    const { path, db, log, loaded, now, spell, busyMs, maxWaiting } = parts;
    const { image, totals } = loaded;
    this.#status = new StoreStatus(now);
    const writer = new BatchWriter(db, path, parts.bounds);
    this.#feeds = new FeedHub({
      history: new History(db, image, loaded.history, parts.replayLimit),
      seq: () => totals.seq,
      rows: (table) => this.#rows(table),
      errorOf: (error) => storeError(error, path),
    });
    this.#commits = new GroupCommit({
      path,
      image,
      totals,
      writer,
      log,
      status: this.#status,
      now,
      spell,
      busyMs,
      maxWaiting,
      onDurable: (effects) => this.#feeds.publish(effects),
    });
    this.#status.listen(({ up }) => this.#probeUnless(up, writer));
  }

  async now(): Promise<number> {
    this.#mustBeOpen();
    return this.#parts.now();
  }

  async get(table: Table, id: string): Promise<Stored | undefined> {
    return this.held(table, id);
  }

  async list(table: Table): Promise<readonly Stored[]> {
    this.#mustBeOpen();
    return this.#rows(table);
  }

  async listFields(table: Table, fields: readonly string[]): Promise<readonly Document[]> {
    this.#mustBeOpen();
    return Array.from(this.#parts.loaded.image.table(table).all(), ({ stored: { doc } }) => cutTo(doc, fields));
  }

  async find(table: Table, field: string, value: string): Promise<readonly Stored[]> {
    this.#mustBeOpen();
    return stored(this.#parts.loaded.image.table(table).withField(field, value));
  }

  commit(
    changes: readonly Change[],
    { author, audit = true, mayWait = false, fence }: CommitBy,
  ): Promise<CommitResult> {
    if (this.#closing !== undefined) return Promise.reject(closed(this.#parts.path));
    return this.#commits.commit(changes, { author, audit, waitMs: waitMsOf(mayWait), fence });
  }

  feed(table: Table, from: Cursor | undefined, on: (event: FeedEvent) => void): Feed {
    this.#mustBeOpen();
    return this.#feeds.open(table, from, on);
  }

  async audit(query: AuditQuery): Promise<readonly AuditEntry[]> {
    this.#mustBeOpen();
    const { db, path } = this.#parts;
    try {
      return readAudit(db, query);
    } catch (error) {
      throw error instanceof RangeError ? error : storeError(error, path);
    }
  }

  state(): StoreState {
    return this.#status.current;
  }

  onState(listener: (state: StoreState) => void): () => void {
    return this.#status.listen(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { db, lock, log, path } = this.#parts;
    clearInterval(this.#probe);
    await this.#commits.drained();
    await this.#feeds.closeAll(closed(path));
    try {
      // A database that cannot be written is closed all the same; the next start will then find it unclean.
      if (this.#status.current.up) db.exec('UPDATE state SET running = 0');
    } finally {
      log.close();
      db.close();
      lock?.release();
    }
  }

  #rows(table: Table): readonly Stored[] {
    return this.#parts.loaded.image.table(table).list();
  }

  #probeUnless(up: boolean, writer: BatchWriter): void {
    if (up || this.#closing !== undefined) {
      clearInterval(this.#probe);
      this.#probe = undefined;
    } else this.#probe ??= setInterval(() => this.#tryToWrite(writer), this.#parts.probeMs).unref();
  }

  #tryToWrite(writer: BatchWriter): void {
    if (this.#status.current.up) return;
    try {
      writer.probe();
    } catch (error) {
      this.#status.down(storeError(error, this.#parts.path));
      return;
    }
    this.#status.up();
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw closed(this.#parts.path);
  }
}

function stored(rows: Iterable<Row>): readonly Stored[] {
  return Object.freeze(Array.from(rows, (row) => row.stored));
}

function closed(path: string): StoreError {
  return new StoreError('closed', `the store ${path} is closed`);
}
