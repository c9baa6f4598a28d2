import { Database } from '../../sqlite/database.js';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { checkWhole, SMALLEST } from './database-file.js';
import { ownerOf } from './owner-lock.js';
import { checkVersion, MIGRATIONS } from './schema.js';
import { corrupt, storeError } from './sqlite-errors.js';
import { StoreError } from '../store.js';

/** Larger files are only checked at the start: here they would be in memory twice. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Offsets of the two bytes of SQLite's header that say whether there is a log beside the file; 1: there is none. */
const LOG_BYTES = [18, 19] as const;

/**
 * Whether a start would take the database at `path`, seen without making, changing or locking anything: opening it, even
 * to read, would make files beside it, which might then belong to another user than the server's.
 * @throws StoreError as opening it would: `busy`, `corrupt`, `incompatible`, `unavailable`
 */
export function lookAtDatabase(path: string): void {
  if (path === ':memory:') return;
  const owner = ownerOf(path);
  if (owner !== undefined)
    throw new StoreError('busy', `${path} is in use by process ${owner}; only one server may open it`);
  try {
    const log = existsSync(`${path}-wal`);
    if (!existsSync(path)) {
      if (log) throw corrupt(path, `the file is missing, but its log ${path}-wal is there`);
      return;
    }
    const { size } = statSync(path);
    if (size < SMALLEST) throw corrupt(path, `it has ${size} bytes, a database has at least ${SMALLEST}`);
    if (size > MOST_BYTES) return;
    const bytes = readFileSync(path);
    for (const offset of LOG_BYTES) if (bytes[offset] === 2) bytes[offset] = 1;
    const db = new Database(bytes);
    try {
      checkVersion(db, path);
      // What is still in the log belongs to the file's pages: without it they need not fit together.
      if (!log && db.pragma('user_version', { simple: true }) === MIGRATIONS.length) checkWhole(db, path);
    } finally {
      db.close();
    }
  } catch (error) {
    throw storeError(error, path);
  }
}
