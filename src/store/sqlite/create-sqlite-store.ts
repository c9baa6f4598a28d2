import type { Database } from '../../sqlite/database.js';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Store } from '../store.js';
import type { SpellDocument } from './apply-changes.js';
import type { LogBounds } from './bounded-log.js';
import type { Notice } from './database-file.js';
import { openDatabaseFile } from './database-file.js';
import type { HostBounds } from './load-image.js';
import { loadImage } from './load-image.js';
import { lookAtLog } from './log-recovery.js';
import { openLogSync } from './log-sync.js';
import type { OwnerLock } from './owner-lock.js';
import { takeOwnerLock } from './owner-lock.js';
import { storeError } from './sqlite-errors.js';
import { SqliteStore } from './sqlite-store.js';

export interface SqliteStoreOptions {
  /** The database file, made with its folder if missing; `:memory:` for one that ends with the process. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** What documents are spelled by, where somebody knows texts of theirs; default `JSON.stringify`. */
  readonly spell?: SpellDocument;
  /** How far back a watcher can resume from a cursor; default 7 days, 500,000 changes, 128 MiB. */
  readonly history?: Partial<LogBounds>;
  /** How many changes a resuming watcher is told one by one before a snapshot is taken for cheaper; default 2,000. */
  readonly replayLimit?: number;
  /** How long the audit trail goes back; default 400 days, 1,000,000 entries, 512 MiB. */
  readonly audit?: Partial<LogBounds>;
  /** How long a commit waits while another process locks the file; default 5,000 ms. */
  readonly busyMs?: number;
  /** How many commits may wait at once; default 20,000. */
  readonly maxWaiting?: number;
  /** How often a store that cannot write tries whether it can again; default 1,000 ms. */
  readonly probeMs?: number;
  /** Opens what syncs the log; a test may stand in for a disk that is slow or fails. */
  readonly openLog?: typeof openLogSync;
  /** Longer rows of hosts are read without their long fields. Default: no bounds. */
  readonly hostBounds?: HostBounds;
  /** Hears what was repaired at the start. */
  readonly notice?: Notice;
}

const DAY_MS = 86_400_000;

/**
 * Opens the embedded store. One process owns the file.
 * @throws StoreError `busy` (another process has it, named), `corrupt`, `incompatible`, `unavailable`, `full`
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, now = Date.now, notice = () => undefined } = options;
  const lock = lockOf(path);
  try {
    const recovered = lookAtLog(path, notice);
    const db = openDatabaseFile(path, notice);
    try {
      const loaded = loadImage(db, path, options.hostBounds, notice);
      recovered(loaded.unclean);
      markRunning(db);
      return new SqliteStore({
        path,
        db,
        lock,
        log: (options.openLog ?? openLogSync)(path),
        loaded,
        now,
        spell: options.spell ?? JSON.stringify,
        bounds: {
          history: { rows: 500_000, bytes: 128 << 20, ageMs: 7 * DAY_MS, ...options.history },
          audit: { rows: 1_000_000, bytes: 512 << 20, ageMs: 400 * DAY_MS, ...options.audit },
        },
        busyMs: options.busyMs ?? 5_000,
        maxWaiting: options.maxWaiting ?? 20_000,
        probeMs: options.probeMs ?? 1_000,
        replayLimit: options.replayLimit ?? 2_000,
      });
    } catch (error) {
      db.close();
      throw storeError(error, path);
    }
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function lockOf(path: string): OwnerLock | undefined {
  if (path === ':memory:') return undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeError(error, path);
  }
  return takeOwnerLock(path);
}

/**
 * From here to `close` the file itself says that a server has it open and that the log beside it holds something: if
 * that log is gone at the next start, newer changes may be gone with it, and the start says so.
 */
function markRunning(db: Database): void {
  db.exec('UPDATE state SET running = 1');
  db.pragma('wal_checkpoint(PASSIVE)');
}
