import { Database } from '../../sqlite/database.js';
import { closeSync, existsSync, openSync, realpathSync, rmSync } from 'node:fs';
import { StoreError } from '../store.js';
import { checkWhole, renameDurably } from './database-file.js';
import { loadImage } from './load-image.js';
import { checkVersion } from './schema.js';
import { storeError } from './sqlite-errors.js';

/** What a copy of the database holds. */
export interface CopyReport {
  readonly documents: number;
  /** Number of the last change in it. */
  readonly seq: number;
}

/**
 * Copies the database at `path` to `to`, as of one moment, while a server may be writing to it. The copy is checked
 * before it takes its name, so `to` is always a whole backup or what it was before.
 * @throws StoreError `unavailable` (no such file, cannot write), `full`, `corrupt`, `incompatible`
 */
export function backupDatabase(path: string, to: string): CopyReport {
  if (!existsSync(path)) throw new StoreError('unavailable', `there is no database ${path} to back up`);
  if (existsSync(to) && realpathSync(to) === realpathSync(path)) {
    throw new StoreError('unavailable', `${to} is the database itself; name another file`);
  }
  const partial = `${to}.partial`;
  removeDatabase(partial);
  try {
    makePrivate(partial);
    copyOut(path, partial);
    const report = checkCopy(partial, path);
    renameDurably(partial, to);
    return report;
  } catch (error) {
    removeDatabase(partial);
    throw error;
  }
}

function copyOut(path: string, partial: string): void {
  let db: Database | undefined;
  try {
    // Read only, so that the log of a server that was killed stays as it is for its next start to look at.
    db = new Database(path, { readonly: true, timeout: 10_000 });
    checkVersion(db, path);
    db.prepare('VACUUM INTO ?').run(partial);
  } catch (error) {
    throw storeError(error, path);
  } finally {
    db?.close();
  }
}

/** Checks the copy as a start would; its faults are those of its source, so errors name the source. */
function checkCopy(copy: string, path: string): CopyReport {
  let db: Database | undefined;
  try {
    db = new Database(copy, { readonly: true });
    checkWhole(db, path);
    const { totals } = loadImage(db, path);
    return { documents: totals.rows, seq: totals.seq };
  } catch (error) {
    throw storeError(error, path);
  } finally {
    db?.close();
  }
}

/** An empty file that only its owner may read, for SQLite to fill: a file that SQLite creates is readable by all. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    throw storeError(error, file);
  }
}

/** Takes away a database file and what SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}
