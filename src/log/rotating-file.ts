import { closeSync, fstatSync, openSync, renameSync, rmSync, statSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const writeTo = promisify(write);

/** Lines kept while the disk is slow; beyond it they are dropped and counted, so that memory stays bounded. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** One write at most: large enough to be cheap, small enough that a file hardly outgrows its size. */
const MAX_BATCH_BYTES = 64 * 1024;

/** Size of a file in bytes before it is set aside as `path.1`, and how many of those are kept. */
export interface RotationOptions {
  readonly size: number;
  readonly keep: number;
  /**
   * Told with one sentence when writing begins to fail (a full disk, say), with `undefined` when it works again.
   * Never throws.
   */
  readonly onTrouble: (text: string | undefined) => void;
  /** Takes the lines that the file could not. Default: they are only counted. Never throws. */
  readonly instead?: (lines: string) => void;
}

/**
 * A log file that rotates by size and never throws at its writer: while it cannot be written (a full disk, a directory
 * that is gone) lines go elsewhere and are counted, and the file says how many once it can be written again. A file that
 * was deleted is made anew; its directory is not, since that may be a mount that is away. Writes happen off the caller's
 * turn, in order.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #options: RotationOptions;
  #fd: number | undefined;
  #size = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #failing = false;
  /** The file ends with half a line, as far as is known. */
  #torn = false;
  /** Being written right now; kept so that `flushSync` can write it again if the process ends meanwhile. */
  #underWay: readonly Buffer[] = [];
  #drained: Promise<void> | undefined;
  #reopen = false;

  constructor(path: string, options: RotationOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Takes one line (with its newline), as pino writes it. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#drained ??= this.#drain();
  }

  /**
   * Looks whether lines would reach the file that has the name, also when there are none; one that could not be written
   * is tried again. To be called now and then: trouble, and its end, are then told also while nothing is logged.
   */
  async check(): Promise<void> {
    await this.flush();
    if (this.#isElsewhere()) this.#reopen = true;
    this.#drained ??= this.#drain(true);
    await this.flush();
  }

  /** Opens the file again with the next line, after another program has moved it away. */
  reopen(): void {
    this.#reopen = true;
  }

  /** Resolves when all lines taken so far are in the file, or dropped. */
  async flush(): Promise<void> {
    while (this.#drained !== undefined) await this.#drained;
  }

  /** Writes what is waiting at once, for the last moment of the process; a line under way may then stand twice. */
  flushSync(): void {
    const rest = [...this.#underWay, ...this.#waiting];
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (rest.length === 0) return;
    try {
      this.#openFor(0);
      writeSync(this.#descriptor(), Buffer.concat(rest));
    } catch (error) {
      this.#failed(rest, error);
    }
  }

  /** Writes what is waiting and closes the file. */
  async close(): Promise<void> {
    await this.flush();
    this.#closeFile();
  }

  /** Ends in the same step in which it finds nothing left, so that a line written then starts the next drain. */
  async #drain(evenIfEmpty = false): Promise<void> {
    // Lines of the same turn go together.
    await Promise.resolve();
    for (let look = evenIfEmpty; look || this.#waiting.length > 0; look = false) {
      const batch = this.#nextBatch();
      this.#underWay = batch;
      const dropped = this.#dropped;
      const bytes = Buffer.concat([this.#preface(), ...batch]);
      try {
        this.#openFor(bytes.length);
        await this.#append(bytes);
        this.#worked(dropped);
      } catch (error) {
        this.#failed(batch, error);
      }
      this.#underWay = [];
    }
    this.#drained = undefined;
  }

  /** The next lines, at least one; they fit the rest of the file if they can. */
  #nextBatch(): readonly Buffer[] {
    const room = Math.min(MAX_BATCH_BYTES, Math.max(0, this.#options.size - this.#size));
    let bytes = 0;
    let lines = 0;
    for (const line of this.#waiting) {
      if (lines > 0 && bytes + line.length > room) break;
      bytes += line.length;
      lines += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, lines);
  }

  async #append(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await writeTo(this.#descriptor(), bytes, written, bytes.length - written);
      written += bytesWritten;
      this.#size += bytesWritten;
      this.#torn = written < bytes.length;
    }
  }

  #openFor(bytes: number): void {
    if (this.#reopen || this.#isDeleted()) this.#closeFile();
    this.#reopen = false;
    if (this.#fd === undefined) this.#openFile();
    if (this.#size > 0 && this.#size + bytes > this.#options.size) {
      this.#closeFile();
      this.#rotate();
      this.#openFile();
    }
  }

  #openFile(): void {
    const fd = openSync(this.#path, 'a', 0o600);
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
  }

  /** Writes to a deleted file are lost without an error. */
  #isDeleted(): boolean {
    return this.#fd !== undefined && fstatSync(this.#fd).nlink === 0;
  }

  /** The file was moved away, or its mount changed: writes no longer reach the file at the path. */
  #isElsewhere(): boolean {
    if (this.#fd === undefined) return false;
    try {
      const [ours, named] = [fstatSync(this.#fd), statSync(this.#path)];
      return ours.ino !== named.ino || ours.dev !== named.dev;
    } catch {
      return true;
    }
  }

  #descriptor(): number {
    if (this.#fd === undefined) this.#openFile();
    return this.#fd as number;
  }

  #closeFile(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#size = 0;
  }

  #rotate(): void {
    const aged = (age: number) => `${this.#path}.${age}`;
    rmSync(aged(this.#options.keep), { force: true });
    for (let age = this.#options.keep - 1; age >= 1; age--) renameIfThere(aged(age), aged(age + 1));
    renameIfThere(this.#path, aged(1));
  }

  #failed(lines: readonly Buffer[], error: unknown): void {
    this.#dropped += lines.length;
    // The next line tries with a fresh file: this one may be gone or on a broken mount.
    try {
      this.#closeFile();
    } catch {
      this.#fd = undefined;
    }
    if (!this.#failing) this.#options.onTrouble(`${this.#path} cannot be written: ${String(error)}`);
    this.#failing = true;
    if (lines.length > 0) this.#options.instead?.(Buffer.concat(lines).toString());
  }

  #worked(dropped: number): void {
    this.#dropped -= dropped;
    this.#torn = false;
    if (this.#failing) this.#options.onTrouble(undefined);
    this.#failing = false;
  }

  /** What is written before the next line: the end of a partial line, and how many lines are missing. */
  #preface(): Buffer {
    const line = {
      level: 'warn',
      time: new Date().toISOString(),
      dropped: this.#dropped,
      msg: 'log lines were dropped here',
    };
    return Buffer.from((this.#torn ? '\n' : '') + (this.#dropped > 0 ? `${JSON.stringify(line)}\n` : ''));
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
