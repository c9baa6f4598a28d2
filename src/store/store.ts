import type { Document, Json, JsonObject, Table } from '../model/document.js';

/** A document with its revision: a whole number that grows with every change of that document. */
export interface Stored {
  readonly doc: Document;
  readonly revision: number;
}

/** Who changed something, for the audit trail: a token's name, a gateway's consumer, `agent:<hostkey>`, or `system`. */
export type Author = string;

/**
 * What an edit function may answer instead of a document: the commit is then refused as a whole,
 * and `refused` reaches the caller untouched. It is told from a document by having no `id`.
 */
export interface Refusal {
  readonly refused: JsonObject;
}

/**
 * One step of a commit. `edit` functions are pure and synchronous: a store may run them again on a newer document.
 * Later steps see what earlier steps of the same commit wrote.
 * - `create`: the store makes a UUID when `doc.id` is absent. `uniqueOn` names fields whose values no other document of
 *   the table may have at that moment (docs/decisions/0017-names-are-unique-on-creation-only.md); the check and the
 *   insert are one atomic step. An absent field is not checked. `taken` is looked for before `id_taken`.
 * - `edit`: an edit that gives an equal document writes nothing: no revision, no feed row, no audit entry.
 * - `upsert`: like `edit`, but `edit` gets `undefined` when there is no such document, and its answer is inserted.
 * - `remove`: `guard` may refuse after seeing the document.
 * `ifRevision` (If-Match) refuses as `stale` when the document has moved on.
 * A function that throws, an edit that changes `id`, and a document that JSON cannot hold reject the commit.
 */
export type Change =
  | {
      readonly op: 'create';
      readonly table: Table;
      readonly doc: JsonObject;
      readonly uniqueOn?: readonly string[];
    }
  | {
      readonly op: 'edit';
      readonly table: Table;
      readonly id: string;
      readonly ifRevision?: number;
      readonly edit: (current: Document) => Document | Refusal;
    }
  | {
      readonly op: 'upsert';
      readonly table: Table;
      readonly id: string;
      readonly edit: (current: Document | undefined) => Document | Refusal;
    }
  | {
      readonly op: 'remove';
      readonly table: Table;
      readonly id: string;
      readonly ifRevision?: number;
      readonly guard?: (current: Document) => Refusal | undefined;
    };

/** Why a commit wrote nothing. `index` is the step that failed. */
export type CommitFailure =
  | { readonly reason: 'taken'; readonly index: number; readonly field: string; readonly existing: Stored }
  | { readonly reason: 'id_taken'; readonly index: number; readonly existing: Stored }
  | { readonly reason: 'not_found'; readonly index: number }
  | { readonly reason: 'stale'; readonly index: number; readonly current: Stored }
  | { readonly reason: 'refused'; readonly index: number; readonly refused: JsonObject };

/** All steps written, or none. `stored` has one item per step: the document after it, `undefined` after a remove. */
export type CommitResult =
  | { readonly ok: true; readonly stored: readonly (Stored | undefined)[] }
  | { readonly ok: false; readonly failure: CommitFailure };

/** One row of a changefeed; `before` absent: created; `after` absent: removed. */
export interface RowChange {
  readonly id: string;
  readonly before?: Document;
  readonly after?: Document;
}

/** A place in a table's history, opaque to all but the store that made it; survives a restart of the server. */
export type Cursor = string;

/**
 * What a feed tells its watcher, in order. A feed opened without a cursor, or with one whose history is gone, begins
 * with a `snapshot` of the whole table, which the watcher must reconcile against what it held (rows missing from it
 * were removed meanwhile). `lost` is the last event: the watcher opens a new feed.
 */
export type FeedEvent =
  | { readonly type: 'snapshot'; readonly rows: readonly Stored[]; readonly cursor: Cursor }
  | { readonly type: 'changes'; readonly changes: readonly RowChange[]; readonly cursor: Cursor }
  | { readonly type: 'lost'; readonly error: StoreError };

export interface Feed {
  /** Resolves when no further event will come. */
  close(): Promise<void>;
}

/** One change as the audit trail keeps it. `at` is epoch milliseconds. Secrets are already redacted. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: number;
  readonly author: Author;
  readonly table: Table;
  readonly id: string;
  readonly before: Json;
  readonly after: Json;
}

export interface AuditQuery {
  readonly table?: Table;
  readonly id?: string;
  readonly author?: Author;
  /** Only entries older than this `seq` (newest come first). */
  readonly beforeSeq?: number;
  /** Only entries of this time or later, and of before that time: epoch milliseconds. */
  readonly from?: number;
  readonly until?: number;
  /** 1 to 1000. */
  readonly limit: number;
}

/**
 * Until when its sender may write: a server that leads others, and may have lost that without knowing. A commit with a
 * fence is refused as `fenced` when the store's own clock, at the moment of writing, has reached `until`.
 */
export interface Fence {
  /** Which leadership it is; only named in messages. */
  readonly term: number;
  /** Epoch milliseconds by the store's clock (`Store.now`). */
  readonly until: number;
}

/** Whose commit it is, and its options. */
export interface CommitBy {
  readonly author: Author;
  /** Default true. */
  readonly audit?: boolean;
  /**
   * Nobody waits for it yet: a store may keep it for a moment, so that it is written along with what others wait for. A
   * number says for how many milliseconds at most, true for a tenth of a second, which is what has happened already. It is
   * answered, as ever, when it is written. Default false.
   */
  readonly mayWait?: boolean | number;
  /** Absent: written whenever it is its turn. */
  readonly fence?: Fence;
}

/** What a store that is up refuses to do with one of its tables. */
export interface TableTrouble {
  /** As the database names it. */
  readonly table: string;
  /** One sentence: what is refused, why, and what to do where that is known. */
  readonly reason: string;
}

export interface StoreState {
  readonly up: boolean;
  /** Epoch milliseconds since when. */
  readonly since: number;
  /** Why it is down, one sentence; absent when up. */
  readonly reason?: string;
  /** Tables that can't be read or written as they must be, though the store answers; absent when there are none. */
  readonly troubles?: readonly TableTrouble[];
}

/**
 * The store port. Every call may reject with a `StoreError`; a rejected commit wrote nothing unless its
 * `code` is `unknown_outcome` (the answer was lost on the way).
 * Documents handed out are frozen or private copies: changes to them do not reach the store.
 */
export interface Store {
  readonly kind: 'sqlite' | 'rethinkdb';
  /**
   * Epoch milliseconds by the store's own clock, which all servers that share it go by. In a cluster of RethinkDB nodes
   * it is that of the node which is asked: their clocks must agree.
   */
  now(): Promise<number>;
  get(table: Table, id: string): Promise<Stored | undefined>;
  /**
   * What `get` would give, at once: a store has it that holds its rows in memory. Throws what `get` would reject with.
   */
  readonly held?: ((table: Table, id: string) => Stored | undefined) | undefined;
  /** All documents of the table, in order of creation where the store knows it. */
  list(table: Table): Promise<readonly Stored[]>;
  /**
   * All documents of the table cut down to these top-level fields (`id` always among them), for tables whose documents
   * are too large to be read all at once.
   */
  listFields(table: Table, fields: readonly string[]): Promise<readonly Document[]>;
  /**
   * Documents whose top-level `field` equals `value`; every store indexes the fields of docs/rethinkdb.md#the-database.
   */
  find(table: Table, field: string, value: string): Promise<readonly Stored[]>;
  /**
   * Writes all steps or none, durably, with their audit entries in the same transaction. An error thrown by a function
   * of `changes` rejects the commit as it is, and nothing is written.
   * `audit: false` is for what agents and the server itself write all day (keepalives, hashes).
   * A `fence` is judged where the commit is written, not where it begins to wait; one that would write nothing anyway
   * may be answered as if it had none.
   */
  commit(changes: readonly Change[], by: CommitBy): Promise<CommitResult>;
  /** Opens a feed; events come one at a time, never before this call has returned. */
  feed(table: Table, from: Cursor | undefined, on: (event: FeedEvent) => void): Feed;
  audit(query: AuditQuery): Promise<readonly AuditEntry[]>;
  state(): StoreState;
  onState(listener: (state: StoreState) => void): () => void;
  close(): Promise<void>;
}

/**
 * Graded by what the caller can do: `retry` says whether the same call may succeed later without a human. `refused`: the
 * store's user lacks a permission, which may be granted any time.
 */
export type StoreErrorCode =
  | 'unavailable'
  | 'refused'
  | 'full'
  | 'busy'
  | 'corrupt'
  | 'incompatible'
  | 'timeout'
  | 'unknown_outcome'
  | 'closed'
  | 'read_only'
  | 'fenced';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly retry: boolean;
  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retry = code !== 'corrupt' && code !== 'incompatible' && code !== 'closed' && code !== 'read_only';
  }
}
