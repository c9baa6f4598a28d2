import type { Database } from '../../sqlite/database.js';
import type { Document, Table } from '../../model/document.js';
import { redact } from '../redact.js';
import type { Author } from '../store.js';
import { StoreError } from '../store.js';
import type { Effect, Totals } from './apply-changes.js';
import { auditedBefore } from './audited-before.js';
import type { LogBounds } from './bounded-log.js';
import { BoundedLog } from './bounded-log.js';
import { isFollowed } from './followed-tables.js';
import { corrupt } from './sqlite-errors.js';
import type { Row } from './row.js';
import { changeCheck } from './row-check.js';
import { undoPatch } from './undo-patch.js';

/** Whose effects they are, and whether the audit trail keeps them. */
export interface Written {
  readonly effects: readonly Effect[];
  readonly author: Author;
  readonly audit: boolean;
}

export interface WriterBounds {
  /** How far back a watcher can resume. */
  readonly history: LogBounds;
  readonly audit: LogBounds;
}

/** Writes batches of effects: documents, changes, audit entries and totals, in one transaction each. */
export class BatchWriter {
  readonly #db: Database;
  readonly #path: string;
  readonly #history: BoundedLog;
  readonly #audit: BoundedLog;
  readonly #statements;
  #takeBack: readonly (() => void)[] = [];
  #distrusted = false;

  constructor(db: Database, path: string, bounds: WriterBounds) {
    this.#db = db;
    this.#path = path;
    this.#history = new BoundedLog(db, 'changes', bounds.history);
    this.#audit = new BoundedLog(db, 'audit', bounds.audit);
    this.#statements = prepare(db);
  }

  /** @throws SqliteError with a SQLITE_BUSY code when another process is writing. */
  begin(): void {
    this.#takeBack = [this.#history.mark(), this.#audit.mark()];
    if (this.#distrusted) this.#leaveLog();
    this.#db.exec('BEGIN IMMEDIATE');
  }

  write(batch: readonly Written[], totals: Totals, at: number): void {
    for (const { effects, author, audit } of batch) {
      for (const effect of effects) {
        this.#writeDocument(effect);
        const undo = isFollowed(effect.table) ? this.#writeChange(effect, at) : undefined;
        if (audit) this.#writeAudit(effect, author, at, undo);
      }
    }
    this.#history.trim(at, (seq) => this.#statements.trimmed.run(seq));
    this.#audit.trim(at);
    this.#statements.totals.run(totals.seq, totals.ord, totals.rows, totals.digest);
  }

  /** When it returns the batch is in the log, which the caller must sync. */
  commit(): void {
    this.#db.exec('COMMIT');
  }

  rollback(): void {
    for (const takeBack of this.#takeBack) takeBack();
    // SQLite rolls back by itself after some errors.
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
  }

  /** Writes the state row anew, to see whether writing works again. */
  probe(): void {
    this.begin();
    try {
      this.#statements.probe.run();
      this.commit();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /**
   * Says that the log was not synced. The system may have forgotten its pages without writing them, and a later sync
   * would not tell; so nothing more is written behind them until all of the log is in the database file.
   */
  distrustLog(): void {
    this.#distrusted = true;
  }

  #leaveLog(): void {
    const rows = this.#db.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[];
    if (rows[0]?.busy !== 0) throw new StoreError('busy', `${this.#path} is being read by another process`);
    this.#distrusted = false;
  }

  #writeDocument({ table, id, before, after, text }: Effect): void {
    const { insert, update, remove } = this.#statements;
    if (before === undefined) {
      if (after !== undefined) insert.run(after.ord, table, id, after.stored.revision, after.sum, text);
      return;
    }
    const { changes } =
      after === undefined ? remove.run(before.ord) : update.run(after.stored.revision, after.sum, text, after.ord);
    if (changes !== 1) throw corrupt(this.#path, `the row of ${table} ${id} is gone from the file`);
  }

  /** Gives the text that leads back. */
  #writeChange({ seq, table, id, before, after }: Effect, at: number): string {
    const kind = before === undefined ? 'c' : after === undefined ? 'r' : 'u';
    let undo = '';
    if (before !== undefined) {
      undo = JSON.stringify(after === undefined ? before.stored.doc : undoPatch(before.stored.doc, after.stored.doc));
    }
    const size = undo.length + id.length;
    this.#statements.change.run(seq, at, table, id, kind, size, changeCheck(seq, table, id, kind, undo), undo);
    this.#history.added(size, at);
    return undo;
  }

  #writeAudit({ seq, table, id, before, after, text }: Effect, author: Author, at: number, undo?: string): void {
    const [was, is] = [shown(table, before), shown(table, after)];
    const afterText = is === undefined ? 'null' : is === after?.stored.doc ? text : JSON.stringify(is);
    const hidesNothing = was === before?.stored.doc && is === after?.stored.doc;
    const beforeText = was === undefined ? 'null' : auditedBefore(was, is, afterText, hidesNothing ? undo : undefined);
    const size = beforeText.length + afterText.length + author.length;
    this.#statements.audit.run(seq, at, author, table, id, size, beforeText, afterText);
    this.#audit.added(size, at);
  }
}

/** A document as the audit trail may show it; the very one where it hides nothing. */
function shown(table: Table, row: Row | undefined): Document | undefined {
  return row && (redact(table, row.stored.doc) as Document);
}

function prepare(db: Database) {
  return {
    insert: db.prepare('INSERT INTO documents (ord, tbl, id, revision, sum, doc) VALUES (?, ?, ?, ?, ?, ?)'),
    update: db.prepare('UPDATE documents SET revision = ?, sum = ?, doc = ? WHERE ord = ?'),
    remove: db.prepare('DELETE FROM documents WHERE ord = ?'),
    change: db.prepare('INSERT INTO changes (seq, at, tbl, id, kind, size, sum, undo) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    audit: db.prepare(
      'INSERT INTO audit (seq, at, author, tbl, id, size, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    totals: db.prepare('UPDATE state SET seq = ?, ord = ?, rows = ?, digest = ?'),
    trimmed: db.prepare(
      'INSERT OR REPLACE INTO trimmed (tbl, seq) SELECT tbl, max(seq) FROM changes WHERE seq <= ? GROUP BY tbl',
    ),
    probe: db.prepare('UPDATE state SET running = 1'),
  };
}
