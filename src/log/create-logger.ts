import { pino } from 'pino';
import type { Logger } from 'pino';
import { isoTime } from './iso-time.js';
import { forJournal, isJournal } from './journal.js';
import { LogFiles } from './log-files.js';
import type { TroubleListener } from './log-files.js';
import { redactSecrets } from './redact-secrets.js';
import { safeLine } from './safe-line.js';
import { StandardOutput } from './standard-output.js';

export type { Logger } from 'pino';

/** The `log.*` keys of the configuration. `dir` undefined: everything goes to standard output. */
export interface LogOptions {
  readonly level: string;
  readonly dir: string | undefined;
  /** Bytes. */
  readonly size: number;
  readonly keep: number;
  /** File name in `dir`. */
  readonly crash_log: string;
}

/** The server's logs: one logger, from which other modules make child loggers. */
export interface Logs {
  readonly log: Logger;
  /** A crash report: a line at level error, and the same in the crash log when there are files. */
  crash(report: object, message: string): void;
  /** Changes the level of the logger and of all its children. */
  setLevel(level: string): void;
  /**
   * Hears of each file that cannot be written, by its name, in one sentence (of those that fail already, too), and
   * `undefined` when it works again.
   */
  onTrouble(listener: TroubleListener): void;
  /** Opens the files anew (after an outside rotation). */
  reopen(): void;
  /** Writes out what is waiting, at the process's last moment. */
  flushSync(): void;
  /** Resolves when everything is written; later lines are still taken. */
  close(): Promise<void>;
}

/**
 * Makes the logs: JSON lines with `level` as a word and `time` as ISO 8601. With a directory: `console.log` (all),
 * `error.log` (error and fatal) and the crash log, each rotating by size and readable by its owner only. Secrets are
 * taken out of every line. A directory that cannot be made or written, at the start or later, does not stop the server
 * and loses no line: they go to standard error meanwhile, and `onTrouble` tells. Where standard error is systemd's
 * journal, warnings and worse always stand there too. What goes to the journal has its priority before it.
 */
export function createLogger(options: LogOptions): Logs {
  const { dir } = options;
  if (dir === undefined) return onStandardOutput(options.level);
  const files = new LogFiles(dir, options);
  const { all, errors, crashes } = files;
  const streams = pino.multistream([
    // The logger's own level decides what comes here at all.
    { level: 'trace', stream: all },
    { level: 'error', stream: errors },
    ...(files.toJournal ? [{ level: 'warn' as const, stream: { write: (line: string) => files.tell(line) } }] : []),
  ]);
  return withChildren(options.level, streams, pino(lineOptions('trace'), crashes), files);
}

function onStandardOutput(level: string): Logs {
  const output = new StandardOutput();
  const journal = isJournal(1);
  const stream = { write: (line: string) => output.write(journal ? forJournal(line) : line) };
  return withChildren(level, stream, undefined, {
    onTrouble: () => undefined,
    reopen: () => undefined,
    flushSync: () => output.flushSync(),
    close: () => output.close(),
  });
}

function withChildren(
  level: string,
  destination: pino.DestinationStream | pino.MultiStreamRes,
  crashLog: Logger | undefined,
  files: Pick<Logs, 'onTrouble' | 'reopen' | 'flushSync' | 'close'>,
): Logs {
  // Children have levels of their own once made; they are remembered weakly, since requests make one each.
  let children: WeakRef<Logger>[] = [];
  let compactAt = 64;
  const onChild = (child: Logger) => {
    children.push(new WeakRef(child));
    if (children.length < compactAt) return;
    children = children.filter((reference) => reference.deref() !== undefined);
    compactAt = Math.max(64, children.length * 2);
  };
  const log: Logger = pino({ ...lineOptions(level), onChild: (child) => onChild(child as Logger) }, destination);
  return {
    log,
    crash(report, message) {
      log.error(report, message);
      crashLog?.error(report, message);
    },
    setLevel(next) {
      log.level = next;
      for (const reference of children) {
        const child = reference.deref();
        if (child !== undefined) child.level = next;
      }
    },
    onTrouble: (listener) => files.onTrouble(listener),
    reopen: () => files.reopen(),
    flushSync: () => files.flushSync(),
    close: () => files.close(),
  };
}

function lineOptions(level: string): pino.LoggerOptions {
  return {
    level,
    base: null,
    timestamp: isoTime,
    formatters: { level: (label) => ({ level: label }), log: (fields) => redactSecrets(fields) },
    serializers: { err: (error: Error) => redactSecrets(pino.stdSerializers.err(error)) },
    hooks: { streamWrite: safeLine },
  };
}
