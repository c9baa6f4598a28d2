import type { Database } from 'better-sqlite3';
import type { Document, Table } from '../../model/document.js';
import { OWN_TABLES, POLICY_TABLES } from '../../model/document.js';
import { parseOwned } from '../owned-json.js';
import type { Totals } from './apply-changes.js';
import { Image } from './image.js';
import { rowCheck } from './row-check.js';
import { corrupt } from './sqlite-errors.js';

interface DocumentRow {
  readonly ord: number;
  readonly tbl: string;
  readonly id: string;
  readonly revision: number;
  readonly sum: number;
  readonly doc: string;
}

interface StateRow extends Totals {
  readonly history: string;
  readonly running: number;
}

/** What the file holds, in memory. */
export interface Loaded {
  readonly image: Image;
  readonly totals: Totals;
  /** Names this line of history. */
  readonly history: string;
  /** The last process that had it open did not close it. */
  readonly unclean: boolean;
}

/**
 * Reads every document and checks each against its sum, and all against the digest.
 * @throws StoreError `corrupt` naming the first document that does not match
 */
export function loadImage(db: Database, path: string): Loaded {
  const state = db.prepare<[], StateRow>('SELECT * FROM state').get();
  if (state === undefined) throw corrupt(path, 'its state row is missing');
  const { seq, ord, rows, digest } = state;
  const image = new Image();
  const known = new Set<string>([...POLICY_TABLES, ...OWN_TABLES]);
  const found = { rows: 0, digest: 0 };
  for (const row of db.prepare<[], DocumentRow>('SELECT * FROM documents ORDER BY ord').iterate()) {
    const where = `document ${row.id} of table ${row.tbl}`;
    if (row.sum !== rowCheck(row.ord, row.tbl, row.id, row.revision, row.doc)) {
      throw corrupt(path, `${where} does not match its check sum`);
    }
    if (!known.has(row.tbl)) throw corrupt(path, `${where}: there is no such table`);
    const table = image.table(row.tbl as Table);
    const doc = parseOwned(row.doc) as Document;
    if (doc.id !== row.id || table.get(row.id) !== undefined) throw corrupt(path, `${where} is there under two names`);
    table.set(row.id, { stored: Object.freeze({ doc, revision: row.revision }), ord: row.ord, sum: row.sum });
    found.rows += 1;
    found.digest ^= row.sum;
  }
  if (found.rows !== rows || found.digest !== digest) {
    throw corrupt(path, `it holds ${found.rows} documents, which are not the ${rows} last written`);
  }
  return { image, totals: { seq, ord, rows, digest }, history: state.history, unclean: state.running !== 0 };
}
