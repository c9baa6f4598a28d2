import { Database } from '../sqlite/database.js';
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { JournalError, reasonOf } from './journal-error.js';

/** The name of the lock file in the directory; it stays, empty. */
export const LOCK_NAME = 'lock';

/**
 * Locks a directory for this process: the kernel lets go when the process ends, however it ends. Node has no call for
 * file locks, but SQLite takes them: an empty database, exclusively opened, and nothing is ever stored in it.
 * @returns a function that unlocks
 * @throws JournalError locked, or unusable
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, LOCK_NAME);
  let database: Database | undefined;
  try {
    // Who can read it can lock it: a server would not start. SQLite alone makes it readable by all.
    keepForOwner(path);
    database = new Database(path, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    const held = database;
    return () => held.close();
  } catch (error) {
    database?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new JournalError('locked', `${directory} is in use by another server; each needs a directory of its own`, {
        cause: error,
      });
    }
    throw new JournalError('unusable', `${path} can't be locked: ${reasonOf(error)}`, { cause: error });
  }
}

/** Whether a process has the directory locked. Takes no lock and makes no file. @throws JournalError unusable */
export function isLocked(directory: string): boolean {
  const path = join(directory, LOCK_NAME);
  if (!existsSync(path)) return false;
  let database: Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    // Reading it waits for the one who has it alone.
    database.pragma('schema_version');
    return false;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    throw new JournalError('unusable', `${path} can't be read: ${reasonOf(error)}`, { cause: error });
  } finally {
    database?.close();
  }
}

/**
 * An existing file is not opened for it: closing it again would let go of the locks that this process has on it (POSIX).
 */
function keepForOwner(path: string): void {
  if (existsSync(path)) return chmodSync(path, 0o600);
  closeSync(openSync(path, 'wx', 0o600));
}
