import { Database } from '../../sqlite/database.js';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../store.js';
import type { CopyReport } from './backup-database.js';
import { removeDatabase } from './backup-database.js';
import { copyPrivately } from './copy-privately.js';
import { checkWhole, renameDurably } from './database-file.js';
import { loadImage } from './load-image.js';
import { takeOwnerLock } from './owner-lock.js';
import { checkVersion, migrate } from './schema.js';
import { storeError } from './sqlite-errors.js';

/** What a restore did. */
export interface RestoreReport extends CopyReport {
  /** Where the database that was there before is kept. */
  readonly aside?: string;
}

/**
 * Replaces the database at `path` with the backup `from`. The backup is first copied, brought to this program's schema
 * and checked; then the copy is renamed to `path` in one step. `opened`: the descriptor of the backup, where who restores
 * may not open it.
 * @throws StoreError `busy` (a server has the database open, named), `corrupt`, `incompatible`, `unavailable`, `full`
 */
export function restoreDatabase(
  from: string,
  path: string,
  { now = Date.now, opened }: { readonly now?: () => number; readonly opened?: number } = {},
): RestoreReport {
  if (opened === undefined && !existsSync(from)) throw new StoreError('unavailable', `there is no backup ${from}`);
  const fresh = `${path}.restoring`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const lock = takeOwnerLock(path);
    try {
      removeDatabase(fresh);
      copyPrivately(opened ?? from, fresh);
      const report = prepare(fresh, from, lastSeq(path));
      const aside = setAside(path, now());
      renameDurably(fresh, path);
      return { ...report, ...(aside !== undefined && { aside }) };
    } finally {
      removeDatabase(fresh);
      lock.release();
    }
  } catch (error) {
    throw storeError(error, path);
  }
}

/**
 * Makes the copy ready to be opened by a server: a new history, so that no watcher takes its cursor for one of this
 * line, and change numbers above `seq`, so that no editor's revision fits another document than the one it was given for.
 */
function prepare(fresh: string, from: string, seq: number): CopyReport {
  let db: Database | undefined;
  try {
    db = new Database(fresh, { timeout: 0 });
    checkVersion(db, from);
    migrate(db);
    checkWhole(db, from);
    const { totals } = loadImage(db, from);
    db.prepare('UPDATE state SET history = ?, seq = max(seq, ?), running = 0').run(randomUUID(), seq);
    db.pragma('journal_mode = DELETE');
    return { documents: totals.rows, seq: totals.seq };
  } catch (error) {
    throw storeError(error, from);
  } finally {
    db?.close();
  }
}

/** The last change number of the database that is about to be replaced, 0 if unknown. Merges its log if possible. */
function lastSeq(path: string): number {
  if (!existsSync(path)) return 0;
  let db: Database | undefined;
  try {
    db = new Database(path, { timeout: 0 });
    const seq = db.prepare<[], number>('SELECT seq FROM state').pluck().get() ?? 0;
    db.pragma('wal_checkpoint(TRUNCATE)');
    return seq;
  } catch {
    // A damaged database is a usual reason for a restore: it is kept aside unchanged, without its last change number.
    return 0;
  } finally {
    db?.close();
  }
}

/** Keeps a copy of the old database; its name is kept until the new database is renamed to it. */
function setAside(path: string, now: number): string | undefined {
  if (!existsSync(path)) return undefined;
  const aside = `${path}.before-restore-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  copyPrivately(path, aside);
  // Only a damaged database still has a log here. It must not be found beside the new one.
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
  rmSync(`${path}-shm`, { force: true });
  return aside;
}
