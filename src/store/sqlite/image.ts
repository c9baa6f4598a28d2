import type { Json, Table } from '../../model/document.js';
import { OWN_TABLES, POLICY_TABLES } from '../../model/document.js';
import { INDEXED_FIELDS } from '../indexed-fields.js';
import type { Stored } from '../store.js';
import { TableImage } from './table-image.js';

/**
 * All documents, parsed and frozen, by table and id. One process owns the file, so memory is read and the file is
 * written: reads never wait for the disk and go on when it fails. The documents are the very objects that feeds and
 * readers get, so the world's copy of them costs nothing more.
 */
export class Image {
  readonly #tables = new Map<Table, TableImage>();

  constructor() {
    for (const table of [...POLICY_TABLES, ...OWN_TABLES]) {
      this.#tables.set(table, new TableImage(INDEXED_FIELDS[table] ?? []));
    }
  }

  /** @throws RangeError for a table that does not exist. */
  table(name: Table): TableImage {
    const table = this.#tables.get(name);
    if (table === undefined) throw new RangeError(`no such table: ${String(name)}`);
    return table;
  }

  /** The oldest document whose `field` equals `value`. */
  holder(table: Table, field: string, value: Json): Stored | undefined {
    return this.table(table).withField(field, value)[0]?.stored;
  }
}
