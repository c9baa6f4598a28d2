import { closeSync, constants, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const datasync = promisify(fdatasync);

/**
 * Puts what was committed on the disk without stopping the event loop. SQLite, set to FULL, would wait for the disk
 * inside COMMIT, some 0.2 to 20 ms on the only thread there is; set to NORMAL it leaves the log to be synced by us,
 * from the thread pool, before any commit is answered. It still syncs log and file in the right order around a checkpoint.
 */
export interface LogSync {
  /** Resolves when all that was committed before the call is on the disk. */
  sync(): Promise<void>;
  close(): void;
}

/**
 * The log must exist. SQLite keeps one file for as long as the database is open, and takes its locks on other files,
 * so a second descriptor does no harm.
 */
export function openLogSync(path: string): LogSync {
  if (path === ':memory:') return { sync: () => Promise.resolve(), close: () => undefined };
  const fd = openSync(`${path}-wal`, constants.O_RDWR);
  return { sync: () => datasync(fd), close: () => closeSync(fd) };
}
