import type { Json, Table } from '../../model/document.js';
import { OWN_TABLES, POLICY_TABLES } from '../../model/document.js';
import type { Row } from './row.js';
import { TableImage } from './table-image.js';

/** Indexed fields (http-api section 9). A field without an index is found by looking at every document. */
const INDEXED: Partial<Record<Table, readonly string[]>> = {
  external: ['name'],
  fact: ['name'],
  group: ['name', 'profile_id'],
  host: ['group', 'hostkey', 'hostname', 'name'],
  ipset: ['name', 'timestamp'],
  link: ['name'],
  profile: ['docker', 'name'],
  ruleset: ['name', 'profile_id'],
  service: ['name'],
  zone: ['name'],
  token: ['name'],
};

/**
 * All documents, parsed and frozen, by table and id. One process owns the file, so memory is read and the file is
 * written: reads never wait for the disk and go on when it fails. The documents are the very objects that feeds and
 * readers get, so the world's copy of them costs nothing more.
 */
export class Image {
  readonly #tables = new Map<Table, TableImage>();

  constructor() {
    for (const table of [...POLICY_TABLES, ...OWN_TABLES]) {
      this.#tables.set(table, new TableImage(INDEXED[table] ?? []));
    }
  }

  /** @throws RangeError for a table that does not exist. */
  table(name: Table): TableImage {
    const table = this.#tables.get(name);
    if (table === undefined) throw new RangeError(`no such table: ${String(name)}`);
    return table;
  }

  /** The first other document whose `field` equals `value`. */
  holder(table: Table, field: string, value: Json): Row | undefined {
    return this.table(table).withField(field, value)[0];
  }
}
