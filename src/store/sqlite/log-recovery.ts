import { existsSync, statSync } from 'node:fs';
import { copyPrivately } from './copy-privately.js';
import type { Notice } from './database-file.js';
import { scanWal } from './wal-scan.js';

/**
 * Looks at the write-ahead log before SQLite recovers it, and says what that will drop. Where answered changes may be
 * among it, the damaged log is kept aside first. The function returned is told, once the database is open, whether it
 * had not been closed, and says what only then can be known.
 */
export function lookAtLog(path: string, notice: Notice): (unclean: boolean) => void {
  if (path === ':memory:') return () => undefined;
  const gone = !existsSync(`${path}-wal`) || statSync(`${path}-wal`).size === 0;
  const finding = scanWal(path);
  if (finding?.loss === true) {
    const kept = `${path}-wal.damaged-${Date.now()}`;
    copyPrivately(`${path}-wal`, kept);
    notice(`${finding.message}. Answered changes may be lost: compare with a backup. The damaged log is kept: ${kept}`);
  } else if (finding !== undefined) {
    notice(`${finding.message}; no answered change is lost`);
  }
  return (unclean) => {
    if (!unclean) return;
    notice(
      gone
        ? `${path} was not closed by its last server and its log ${path}-wal is gone: unless a tool merged it, ` +
            'the newest answered changes are lost; compare with a backup'
        : `${path} was not closed by its last server; what its log held was recovered`,
    );
  };
}
