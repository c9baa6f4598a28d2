import { Database } from '../../sqlite/database.js';
import { StoreError } from '../store.js';

/** SQLite's extended result code, e.g. `SQLITE_IOERR_WRITE`; undefined when the error is none of SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}

/** The `StoreError` for what SQLite reported about the file at `path`. */
export function storeError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = sqliteCode(error);
  const detail = error instanceof Error ? error.message : String(error);
  const cause = { cause: error };
  switch (primary(error)) {
    case 'SQLITE_FULL':
      return new StoreError('full', `the disk that holds ${path} is full; make room and it goes on by itself`, cause);
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new StoreError('busy', `${path} is locked by another process; it goes on when that lets go`, cause);
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
    case 'SQLITE_FORMAT':
      return corrupt(path, detail, error);
    default:
      return new StoreError('unavailable', `${path}: ${detail}${code === undefined ? '' : ` (${code})`}`, cause);
  }
}

/** The error for a database whose content cannot be trusted; names the way out. */
export function corrupt(path: string, detail: string, cause?: unknown): StoreError {
  const message =
    `${path} is damaged: ${detail}. Nothing was changed. Stop the server, keep a copy of the file, ` +
    'and bring back a backup with: dog-trainer restore FILE';
  return new StoreError('corrupt', message, cause === undefined ? undefined : { cause });
}

/** SQLite's primary code; a file operation of our own that met a full disk counts as SQLite's. */
function primary(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'SQLITE_FULL';
  return code?.split('_').slice(0, 2).join('_');
}
