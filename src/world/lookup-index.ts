import type { RowChange } from '../model/row-change.js';
import type { Document } from '../model/document.js';

/** What has one value: one row, mostly, and a map by id only of several. */
type Rows = Document | Map<string, Document>;

/** Rows of a table by the value of one text field: kept current from the table's changes. */
export class LookupIndex {
  readonly #field: string;
  readonly #rows = new Map<string, Rows>();

  constructor(field: string) {
    this.#field = field;
  }

  update({ id, before, after }: RowChange): void {
    const from = before?.[this.#field];
    const to = after?.[this.#field];
    if (typeof from === 'string' && from !== to) this.#remove(from, id);
    if (typeof to === 'string' && after !== undefined) this.#put(to, after);
  }

  /** Rows whose field equals `value`, by id in the order of bytes, so that nothing rests on the order of events. */
  get(value: string): readonly Document[] {
    const rows = this.#rows.get(value);
    if (rows === undefined) return [];
    return rows instanceof Map ? [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) : [rows];
  }

  /** Any one row, the first by id; `undefined` when there is none. */
  first(value: string): Document | undefined {
    const rows = this.#rows.get(value);
    if (!(rows instanceof Map)) return rows;
    let first: Document | undefined;
    for (const row of rows.values()) if (first === undefined || row.id < first.id) first = row;
    return first;
  }

  count(value: string): number {
    const rows = this.#rows.get(value);
    return rows instanceof Map ? rows.size : rows === undefined ? 0 : 1;
  }

  #put(value: string, row: Document): void {
    const rows = this.#rows.get(value);
    if (rows instanceof Map) rows.set(row.id, row);
    else if (rows === undefined || rows.id === row.id) this.#rows.set(value, row);
    else
      this.#rows.set(
        value,
        new Map([
          [rows.id, rows],
          [row.id, row],
        ]),
      );
  }

  #remove(value: string, id: string): void {
    const rows = this.#rows.get(value);
    if (rows instanceof Map) rows.delete(id);
    if (rows instanceof Map ? rows.size === 0 : rows?.id === id) this.#rows.delete(value);
  }
}
