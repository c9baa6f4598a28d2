import type { RowChange } from '../model/row-change.js';
import type { Document } from '../model/document.js';

/** Rows of a table by the value of one text field: kept current from the table's changes. */
export class LookupIndex {
  readonly #field: string;
  readonly #rows = new Map<string, Map<string, Document>>();

  constructor(field: string) {
    this.#field = field;
  }

  update(change: RowChange): void {
    const from = change.before?.[this.#field];
    const to = change.after?.[this.#field];
    if (typeof from === 'string' && from !== to) {
      const rows = this.#rows.get(from);
      rows?.delete(change.id);
      if (rows?.size === 0) this.#rows.delete(from);
    }
    if (typeof to === 'string' && change.after !== undefined) {
      const rows = this.#rows.get(to);
      if (rows === undefined) this.#rows.set(to, new Map([[change.id, change.after]]));
      else rows.set(change.id, change.after);
    }
  }

  /** Rows whose field equals `value`, by id in the order of bytes, so that nothing rests on the order of events. */
  get(value: string): readonly Document[] {
    const rows = this.#rows.get(value);
    return rows === undefined ? [] : [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Any one row, the first by id; `undefined` when there is none. */
  first(value: string): Document | undefined {
    const rows = this.#rows.get(value);
    if (rows === undefined) return undefined;
    let first: Document | undefined;
    for (const row of rows.values()) if (first === undefined || row.id < first.id) first = row;
    return first;
  }

  count(value: string): number {
    return this.#rows.get(value)?.size ?? 0;
  }
}
