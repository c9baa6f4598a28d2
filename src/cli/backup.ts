import { join } from 'node:path';
import { counted } from '../model/counted.js';
import { backupDatabase } from '../store/sqlite/backup-database.js';
import { DATABASE_NAME } from '../store/sqlite/database-file.js';
import { restoreDatabase } from '../store/sqlite/restore-database.js';
import { StoreError } from '../store/store.js';
import type { TextSink } from './decode.js';

/**
 * `dog-trainer backup FILE`: copies the embedded store of `dataDir` to FILE, also while the server runs.
 * Returns the exit code: 0, or 1 with the reason on `err`; FILE is then as it was before.
 */
export function backupCommand(dataDir: string, file: string, out: TextSink, err: TextSink): number {
  return told('backup', err, () => {
    const { documents, seq } = backupDatabase(join(dataDir, DATABASE_NAME), file);
    out.write(`backed up ${counted(documents, 'document')} (up to change ${seq}) to ${file}\n`);
  });
}

/**
 * `dog-trainer restore FILE`: checks the backup FILE and puts it in the place of the embedded store of `dataDir`; what
 * was there is kept beside it. Refused while a server runs. `opened`: the descriptor of FILE, which this process may have
 * opened as another user.
 * Returns the exit code: 0, or 1 with the reason on `err`; the store is then as it was before.
 */
export function restoreCommand(dataDir: string, file: string, out: TextSink, err: TextSink, opened?: number): number {
  return told('restore', err, () => {
    const { documents, seq, aside } = restoreDatabase(file, join(dataDir, DATABASE_NAME), {
      ...(opened !== undefined && { opened }),
    });
    out.write(`restored ${counted(documents, 'document')} (up to change ${seq}) from ${file}\n`);
    if (aside !== undefined) out.write(`the database before it is kept: ${aside}\n`);
  });
}

function told(command: string, err: TextSink, run: () => void): number {
  try {
    run();
    return 0;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    err.write(`dog-trainer ${command}: ${error.message}\n`);
    return 1;
  }
}
