import { fstatSync } from 'node:fs';

/** Priorities of syslog by level, as journald reads them from the beginning of a line (sd-daemon(3)). */
const PRIORITY: Readonly<Record<string, number>> = { fatal: 2, error: 3, warn: 4, info: 6, debug: 7, trace: 7 };
const INFO = 6;
const WARNING = 4;

/**
 * Whether what is written to a file descriptor goes to systemd's journal: it then is the very stream that
 * `JOURNAL_STREAM` names by device and inode (systemd.exec(5)). A child that had its output redirected inherits the
 * variable, and is not taken in.
 */
export function isJournal(fd: number, stream: string | undefined = process.env['JOURNAL_STREAM']): boolean {
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false; // the descriptor is closed
  }
}

/** The priority of a line of the log; of one in another form, that of information. */
function priorityOf(line: string): number {
  return PRIORITY[/^\{"level":"(\w+)"/.exec(line)?.[1] ?? ''] ?? INFO;
}

/** The lines, each with its priority before it. */
export function forJournal(lines: string): string {
  return lines.replace(/^.+$/gm, (line) => `<${priorityOf(line)}>${line}`);
}

/** As `forJournal`, without warnings and worse: those are there already. */
export function restForJournal(lines: string): string {
  return forJournal(
    lines
      .split(/(?<=\n)/)
      .filter((line) => priorityOf(line) > WARNING)
      .join(''),
  );
}
