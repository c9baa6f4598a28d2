import type { Database } from '../../sqlite/database.js';
import { randomUUID } from 'node:crypto';
import { StoreError } from '../store.js';
import { shareTexts } from './share-texts.js';

/** Marks the file as ours (SQLite's `application_id`): "dogt". */
export const APPLICATION_ID = 0x646f6774;

/** SQL, or what else is to be done in the transaction. */
export type Migration = string | ((db: Database) => void);

/**
 * Each entry brings the schema from its index to the next version; never edited once released, only appended to.
 * - `documents`: `ord` grows with creation; `sum` is `rowCheck`; the text is last so that scans skip it.
 * - `changes`: one row per change of a table that watchers follow (`isFollowed`); `kind` is c(reate), u(pdate) or r(emove); `undo` leads back to the document before.
 * - `trimmed`: up to which `seq` a table's changes were dropped for age or size.
 * - `audit`: shares its `seq` with the change it tells of.
 * - `state`: one row. `digest` is the exclusive or of all rows' sums: it detects rows that vanished or have an older
 *   content. `history` names this line of changes; a restore begins a new one. `running` is 1 while a server has it open.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE documents (
    ord INTEGER PRIMARY KEY, tbl TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, sum INTEGER NOT NULL,
    doc TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX documents_by_id ON documents (tbl, id);
  CREATE TABLE changes (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, tbl TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    size INTEGER NOT NULL, sum INTEGER NOT NULL, undo TEXT NOT NULL
  ) STRICT;
  CREATE INDEX changes_by_table ON changes (tbl, seq);
  CREATE TABLE trimmed (tbl TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, author TEXT NOT NULL, tbl TEXT NOT NULL, id TEXT NOT NULL,
    size INTEGER NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_document ON audit (tbl, id, seq);
  CREATE INDEX audit_by_author ON audit (author, seq);
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1), history TEXT NOT NULL, seq INTEGER NOT NULL, ord INTEGER NOT NULL,
    rows INTEGER NOT NULL, digest INTEGER NOT NULL, running INTEGER NOT NULL
  ) STRICT;
  `,
  shareTexts,
];

/** Brings `db` to the newest version in one transaction; an empty database gets everything. Returns the old version. */
export function migrate(db: Database, migrations: readonly Migration[] = MIGRATIONS): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version >= migrations.length) return version;
  db.transaction(() => {
    for (const [index, step] of migrations.entries()) {
      if (index < version) continue;
      if (typeof step === 'string') db.exec(step);
      else step(db);
      if (index > 0) continue;
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.prepare('INSERT INTO state VALUES (1, ?, 0, 0, 0, 0, 0)').run(randomUUID());
    }
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
  return version;
}

/**
 * Refuses a database that is not ours, or of a newer version of this program.
 * @throws StoreError `incompatible`
 */
export function checkVersion(db: Database, path: string, newest: number = MIGRATIONS.length): void {
  const application = db.pragma('application_id', { simple: true }) as number;
  const version = db.pragma('user_version', { simple: true }) as number;
  if (application !== APPLICATION_ID || version < 1) {
    throw new StoreError(
      'incompatible',
      `${path} is an SQLite database, but not one of dog-trainer (application id ${application}, version ${version}); ` +
        'name another file, or restore a backup',
    );
  }
  if (version > newest) {
    throw new StoreError(
      'incompatible',
      `${path} has schema version ${version}, this program knows up to ${newest}; ` +
        'run the newer program, or restore a backup made before it',
    );
  }
}

/** The schema as SQLite keeps it, to compare a file's with: damaged schema text must not be taken for a schema. */
export function schemaText(db: Database): string {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').raw().all();
  return JSON.stringify(rows);
}
