import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { escapeLine } from './escape-line.js';
import { redactLine, redactSecrets } from './redact-secrets.js';
import { RotatingFile } from './rotating-file.js';

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

/** The server's logs: one logger for all, from which rooms make children. */
export interface Logs {
  readonly log: Logger;
  /** A crash report: a line at level error, and the same in the crash log when there are files. */
  crash(report: object, message: string): void;
  /** Changes the level of the logger and of all its children. */
  setLevel(level: string): void;
  /** Opens the files anew (after an outside rotation). */
  reopen(): void;
  /** Writes out what is waiting, at the process's last moment. */
  flushSync(): void;
  /** Resolves when everything is written; later lines are still taken. */
  close(): Promise<void>;
}

/**
 * Makes the logs: JSON lines with `level` as a word and `time` as ISO 8601. With a directory: `console.log` (all),
 * `error.log` (error and fatal) and the crash log, each rotating by size. Secrets are taken out of every line.
 * A directory that cannot be made or written does not stop the server: standard error says so.
 */
export function createLogger(options: LogOptions): Logs {
  const { dir } = options;
  if (dir === undefined) return withChildren(options.level, [], standardOutput(), undefined);
  const onTrouble = (text: string) => void process.stderr.write(`dog-trainer: ${text}\n`);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
  } catch (error) {
    onTrouble(`the log directory cannot be made: ${String(error)}`);
  }
  const file = (name: string) =>
    new RotatingFile(join(dir, name), { size: options.size, keep: options.keep, onTrouble });
  const [all, errors, crashes] = [file('console.log'), file('error.log'), file(options.crash_log)];
  const streams = pino.multistream([
    // The logger's own level decides what comes here at all.
    { level: 'trace', stream: all },
    { level: 'error', stream: errors },
  ]);
  return withChildren(options.level, [all, errors, crashes], streams, pino(lineOptions('trace'), crashes));
}

function standardOutput(): pino.DestinationStream {
  const stream = pino.destination({ fd: 1, sync: true });
  // Nobody reads any more (a closed pipe): the server's work goes on, and there is nowhere left to say it.
  (stream as unknown as NodeJS.EventEmitter).on('error', () => undefined);
  return stream;
}

function withChildren(
  level: string,
  files: readonly RotatingFile[],
  destination: pino.DestinationStream | pino.MultiStreamRes,
  crashLog: Logger | undefined,
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
    reopen: () => files.forEach((file) => file.reopen()),
    flushSync: () => files.forEach((file) => file.flushSync()),
    close: async () => {
      await Promise.all(files.map((file) => file.close()));
    },
  };
}

function lineOptions(level: string): pino.LoggerOptions {
  return {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: (fields) => redactSecrets(fields) },
    serializers: { err: (error: Error) => redactSecrets(pino.stdSerializers.err(error)) },
    hooks: { streamWrite: (line) => escapeLine(redactLine(line)) },
  };
}
