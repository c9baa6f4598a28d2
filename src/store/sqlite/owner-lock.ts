import { Database } from '../../sqlite/database.js';
import { chmodSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { StoreError } from '../store.js';
import { sqliteCode, storeError } from './sqlite-errors.js';

/** Held for as long as a process has the database open for writing. */
export interface OwnerLock {
  release(): void;
}

/**
 * Locks the database at `path` for writing, so that two servers never share a file. It is the operating
 * system's lock on `<path>.lock` (taken by SQLite, which Node cannot do by itself), so it ends with its process in
 * any case; `<path>.owner` names the holder for the error message. Readers such as a backup need no such lock.
 * @throws StoreError `busy`, naming the holder
 */
export function takeOwnerLock(path: string): OwnerLock {
  const ownerFile = `${path}.owner`;
  let db: Database | undefined;
  try {
    // Any user who can read the file can lock it and keep a server from starting; SQLite would make it readable by all.
    keepForOwner(`${path}.lock`);
    db = new Database(`${path}.lock`, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    writeFileSync(ownerFile, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    db?.close();
    if (!sqliteCode(error)?.startsWith('SQLITE_BUSY')) throw storeError(error, `${path}.lock`);
    throw new StoreError('busy', `${path} is in use by process ${holder(ownerFile)}; only one server may open it`);
  }
  const held = db;
  return { release: () => held.close() };
}

/** The process that has the database at `path` open for writing; undefined: none has. Takes no lock and makes no file. */
export function ownerOf(path: string): string | undefined {
  if (!existsSync(`${path}.lock`)) return undefined;
  let db: Database | undefined;
  try {
    db = new Database(`${path}.lock`, { readonly: true, fileMustExist: true, timeout: 0 });
    // Reading fails while another process holds the exclusive lock.
    db.pragma('schema_version');
    return undefined;
  } catch (error) {
    if (!sqliteCode(error)?.startsWith('SQLITE_BUSY')) throw storeError(error, `${path}.lock`);
    return holder(`${path}.owner`);
  } finally {
    db?.close();
  }
}

/**
 * An existing file is not opened for it: closing it again would let go of the locks that this process has on it (POSIX).
 */
function keepForOwner(path: string): void {
  if (existsSync(path)) return chmodSync(path, 0o600);
  closeSync(openSync(path, 'wx', 0o600));
}

function holder(ownerFile: string): string {
  try {
    return readFileSync(ownerFile, 'utf8').trim() || '(unknown)';
  } catch {
    return `(unknown: ${ownerFile} cannot be read)`;
  }
}
