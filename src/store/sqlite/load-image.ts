import { counted } from '../../model/counted.js';
import type { Database } from '../../sqlite/database.js';
import type { Document, JsonObject, Table } from '../../model/document.js';
import { OWN_TABLES, POLICY_TABLES } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { tableDeclaration } from '../../resources/resources.js';
import { ownedCopy, ownedParser } from '../owned-json.js';
import type { Totals } from './apply-changes.js';
import type { Notice } from './database-file.js';
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

/** What rows of hosts may take in memory, in bytes of their JSON: one row, and all together. */
export interface HostBounds {
  readonly rowBytes: number;
  readonly totalBytes: number;
}

/** Fields kept of a host's row that is over the bounds; the next report of its agent brings the others again. */
const LONGEST_KEPT = 1024;
const MOST_NAMED = 10;

/** The row without its long fields, and without what makes it long in all. */
function withoutLongFields(doc: JsonObject): JsonObject {
  let room = 64;
  return Object.fromEntries(
    Object.entries(doc).filter(([, value]) => room-- > 0 && JSON.stringify(value).length <= LONGEST_KEPT),
  );
}

/**
 * Reads every document and checks each against its sum, and all against the digest. Rows of hosts that are over `bounds` lose
 * their long fields (in memory: the file keeps them until the row is written again), and `notice` is told which: senders
 * of reports must not be able to keep a server from starting.
 * @throws StoreError `corrupt` naming the first document that does not match
 */
export function loadImage(db: Database, path: string, bounds?: HostBounds, notice: Notice = () => undefined): Loaded {
  const state = db.prepare<[], StateRow>('SELECT * FROM state').get();
  if (state === undefined) throw corrupt(path, 'its state row is missing');
  const { seq, ord, rows, digest } = state;
  const image = new Image();
  const parse = ownedParser();
  const known = new Set<string>([...POLICY_TABLES, ...OWN_TABLES]);
  const found = { rows: 0, digest: 0 };
  let hostBytes = 0;
  const stripped: string[] = [];
  for (const row of db.prepare<[], DocumentRow>('SELECT * FROM documents ORDER BY ord').iterate()) {
    const where = `document ${row.id} of table ${row.tbl}`;
    if (row.sum !== rowCheck(row.ord, row.tbl, row.id, row.revision, row.doc)) {
      throw corrupt(path, `${where} does not match its check sum`);
    }
    if (!known.has(row.tbl)) throw corrupt(path, `${where}: there is no such table`);
    const table = image.table(row.tbl as Table);
    let doc = parse(row.doc) as Document;
    if (bounds !== undefined && tableDeclaration(row.tbl)?.reportedByAgents) {
      const { length } = row.doc;
      if (length > LONGEST_KEPT && (length > bounds.rowBytes || hostBytes + length > bounds.totalBytes)) {
        doc = ownedCopy(withoutLongFields(doc)) as Document;
        stripped.push(`${textOf(doc.hostkey)} (${length} bytes)`);
        hostBytes += LONGEST_KEPT;
      } else hostBytes += length;
    }
    if (doc.id !== row.id || table.get(row.id) !== undefined) throw corrupt(path, `${where} is there under two names`);
    // By its own id, which is kept anyway: the row's is another string.
    table.set(doc.id, { stored: Object.freeze({ doc, revision: row.revision }), ord: row.ord, sum: row.sum });
    found.rows += 1;
    found.digest ^= row.sum;
  }
  if (found.rows !== rows || found.digest !== digest) {
    throw corrupt(path, `it holds ${found.rows} documents, which are not the ${rows} last written`);
  }
  if (stripped.length > 0) {
    const more = stripped.length - MOST_NAMED;
    notice(
      `rows of ${counted(stripped.length, 'host')} are over the bounds and are read without their long fields, among them ` +
        `${stripped.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    );
  }
  return { image, totals: { seq, ord, rows, digest }, history: state.history, unclean: state.running !== 0 };
}
