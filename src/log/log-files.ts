import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { forJournal, isJournal, restForJournal } from './journal.js';
import { RotatingFile } from './rotating-file.js';

/** Told a file's name and what is wrong with it, in one sentence; `undefined` when it can be written again. */
export type TroubleListener = (file: string, text: string | undefined) => void;

export interface LogFilesOptions {
  /** Bytes, and how many older files are kept; see `RotationOptions`. */
  readonly size: number;
  readonly keep: number;
  /** File name of the crash log. */
  readonly crash_log: string;
}

/** How often each file is checked for being writable, in milliseconds. */
const CHECK_MS = 5000;

/**
 * The log files in one directory. Lines that `console.log` cannot take go to standard error; what the other two cannot
 * take stands in `console.log`, or with its lines there. A directory that was there once and is gone is not made again:
 * it may be a mount that is away.
 */
export class LogFiles {
  readonly all: RotatingFile;
  readonly errors: RotatingFile;
  readonly crashes: RotatingFile;
  readonly #dir: string;
  readonly #troubles = new Map<string, string>();
  readonly #listeners = new Set<TroubleListener>();
  readonly #timer: NodeJS.Timeout;
  #made = false;
  /** Standard error is systemd's journal, which is told warnings and worse whatever becomes of the files. */
  readonly toJournal = isJournal(2);

  constructor(dir: string, options: LogFilesOptions) {
    this.#dir = dir;
    this.#makeDirectory((text) => this.#say(text));
    const file = (name: string, instead: string, lines?: (lines: string) => void) =>
      new RotatingFile(join(dir, name), {
        size: options.size,
        keep: options.keep,
        onTrouble: (text) => this.#trouble(name, text === undefined ? undefined : `${text}; ${instead}`),
        ...(lines !== undefined && { instead: lines }),
      });
    this.all = file('console.log', 'its lines go to standard error', (lines) =>
      writeToStandardError(this.toJournal ? restForJournal(lines) : lines),
    );
    this.errors = file('error.log', 'its lines stand in console.log, or go with those to standard error');
    this.crashes = file(options.crash_log, 'its reports stand in console.log, or go with those to standard error');
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    this.#timer.unref();
    this.#check();
  }

  /** A line of the log, for the journal. */
  tell(line: string): void {
    writeToStandardError(forJournal(line));
  }

  onTrouble(listener: TroubleListener): void {
    this.#listeners.add(listener);
    for (const [file, text] of this.#troubles) listener(file, text);
  }

  reopen(): void {
    for (const file of this.#files) file.reopen();
  }

  flushSync(): void {
    for (const file of this.#files) file.flushSync();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#files.map((file) => file.close()));
  }

  get #files(): readonly RotatingFile[] {
    return [this.all, this.errors, this.crashes];
  }

  #check(): void {
    if (!this.#made) this.#makeDirectory();
    for (const file of this.#files) void file.check();
  }

  #makeDirectory(onFailure: (text: string) => void = () => undefined): void {
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      this.#made = true;
    } catch (error) {
      onFailure(`log.dir = ${this.#dir}: the directory cannot be made: ${String(error)}`);
    }
  }

  #trouble(file: string, text: string | undefined): void {
    this.#say(text ?? `${join(this.#dir, file)} can be written again`);
    if (text === undefined) this.#troubles.delete(file);
    else this.#troubles.set(file, text);
    for (const listener of this.#listeners) listener(file, text);
  }

  #say(text: string): void {
    writeToStandardError(`${this.toJournal ? '<4>' : ''}dog-trainer: ${text}\n`);
  }
}

let guarded = false;

/** The reader of standard error has closed the pipe: the server goes on. */
function writeToStandardError(text: string): void {
  if (!guarded) process.stderr.on('error', () => undefined);
  guarded = true;
  process.stderr.write(text);
}
