import type { Document } from '../model/document.js';
import type { MalformedRows } from './malformed-rows.js';
import type { RowChange } from '../model/row-change.js';
import { sameJson } from '../model/same-json.js';

/**
 * One table held in memory. What its watcher saw (an insert, an update, a removal) is corrected here to what it means
 * for the rows held, so that a feed may repeat itself, or begin again with all its rows, and only true changes come out.
 */
export class WorldTable {
  readonly #rows = new Map<string, Document>();
  readonly #name: string;
  readonly #malformed: MalformedRows;

  /** Rows that are malformed count as `malformed` mends them. */
  constructor(name: string, malformed: MalformedRows) {
    this.#name = name;
    this.#malformed = malformed;
  }

  get rows(): ReadonlyMap<string, Document> {
    return this.#rows;
  }

  /** The whole table: rows not in it are gone. Returns what is different from before. */
  reconcile(rows: Iterable<Document>): readonly RowChange[] {
    const gone = new Set(this.#rows.keys());
    const changes: RowChange[] = [];
    this.#malformed.forgetUnnamed(this.#name);
    for (const row of rows) {
      gone.delete(row.id);
      const change = this.#put(row);
      if (change !== undefined) changes.push(change);
    }
    for (const id of gone) {
      const change = this.#drop(id);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  /** Single rows; `after` absent removes. Returns what is different from before. */
  apply(seen: Iterable<{ readonly id: string; readonly after?: Document }>): readonly RowChange[] {
    const changes: RowChange[] = [];
    for (const { id, after } of seen) {
      const change = after === undefined ? this.#drop(id) : this.#put(after);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  #put(seen: Document): RowChange | undefined {
    const before = this.#rows.get(seen.id);
    if (before === seen) return undefined;
    const row = this.#malformed.mend(this.#name, seen, before);
    if (row === undefined) return undefined;
    if (before !== undefined && sameJson(before, row)) return undefined;
    this.#rows.set(row.id, row);
    return before === undefined ? { id: row.id, after: row } : { id: row.id, before, after: row };
  }

  #drop(id: string): RowChange | undefined {
    this.#malformed.forget(this.#name, id);
    const before = this.#rows.get(id);
    if (before === undefined) return undefined;
    this.#rows.delete(id);
    return { id, before };
  }
}
