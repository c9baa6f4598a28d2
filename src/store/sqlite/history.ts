import type { Database } from '../../sqlite/database.js';
import type { Document, Table } from '../../model/document.js';
import { parseOwned } from '../owned-json.js';
import type { Cursor, RowChange } from '../store.js';
import { isFollowed } from './followed-tables.js';
import type { Image } from './image.js';
import { changeCheck } from './row-check.js';
import { parseUndoPatch, undo } from './undo-patch.js';

interface ChangeRow {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  readonly sum: number;
  readonly undo: string;
}

/** The past of each table: what happened since a cursor, as far back as the change table goes. */
export class History {
  readonly #image: Image;
  readonly #name: string;
  readonly #since;
  readonly #count;
  readonly #trimmed;
  readonly #replayLimit: number;

  /**
   * `name` is this line of history's (`state.history`); a cursor of another line is not valid here. Past
   * `replayLimit` changes a snapshot is taken for cheaper than a replay, unless the table is larger still.
   */
  constructor(db: Database, image: Image, name: string, replayLimit: number) {
    this.#image = image;
    this.#name = name;
    this.#replayLimit = replayLimit;
    this.#since = db.prepare<[string, number], ChangeRow>(
      'SELECT seq, id, kind, sum, undo FROM changes WHERE tbl = ? AND seq > ? ORDER BY seq DESC',
    );
    this.#count = db
      .prepare<[string, number, number], number>(
        'SELECT count(*) FROM (SELECT 1 FROM changes WHERE tbl = ? AND seq > ? LIMIT ?)',
      )
      .pluck();
    this.#trimmed = db.prepare<[string], number>('SELECT seq FROM trimmed WHERE tbl = ?').pluck();
  }

  cursor(seq: number): Cursor {
    return `${this.#name}.${seq}`;
  }

  /**
   * The table's changes after `from`, oldest first; `undefined` when they are not all there any more, when the cursor
   * is of another history, or when there are so many that a snapshot is cheaper. `last` is the newest change number.
   */
  since(table: Table, from: Cursor, last: number): readonly RowChange[] | undefined {
    const seq = this.#seqOf(from);
    if (seq === undefined || seq > last || !isFollowed(table) || seq < (this.#trimmed.get(table) ?? 0))
      return undefined;
    const limit = Math.max(this.#replayLimit, this.#image.table(table).size);
    if ((this.#count.get(table, seq, limit + 1) ?? 0) > limit) return undefined;
    return this.#replay(table, seq);
  }

  /** Walks back from the documents as they are now; each row's undo gives what was there before it. */
  #replay(table: Table, seq: number): readonly RowChange[] | undefined {
    const at = new Map<string, Document | undefined>();
    const changes: RowChange[] = [];
    for (const row of this.#since.all(table, seq)) {
      const { id } = row;
      const after = at.has(id) ? at.get(id) : this.#image.table(table).get(id)?.stored.doc;
      if (row.sum !== changeCheck(row.seq, table, id, row.kind, row.undo)) return undefined;
      if ((row.kind === 'r') !== (after === undefined)) return undefined;
      const before = documentBefore(row, after);
      at.set(id, before);
      changes.push({ id, ...(before && { before }), ...(after && { after }) });
    }
    return changes.reverse();
  }

  #seqOf(cursor: Cursor): number | undefined {
    const dot = cursor.lastIndexOf('.');
    const seq = Number(cursor.slice(dot + 1));
    return cursor.slice(0, dot) === this.#name && Number.isSafeInteger(seq) && seq >= 0 ? seq : undefined;
  }
}

function documentBefore(row: ChangeRow, after: Document | undefined): Document | undefined {
  if (row.kind === 'c') return undefined;
  if (row.kind === 'r' || after === undefined) return parseOwned(row.undo) as Document;
  return undo(after, parseUndoPatch(row.undo));
}
