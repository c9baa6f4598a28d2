import { write, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const writeTo = promisify(write);

/** Characters kept while the reader is slow; further lines are dropped and counted, so that memory stays bounded. */
const MOST_WAITING = 8 * 1024 * 1024;
/** Lines of this time go together: waking a thread takes as long as making many of them. */
const GATHER_MS = 100;
/** How long until a reader that can take nothing more is tried again; at the last moment, how often. */
const FULL_PAUSE_MS = 10;
const LAST_TRIES = 100;

/**
 * The process's standard output as a log: lines are written by Node's own threads, in order, some milliseconds of
 * them together, so that a slow reader holds up no turn. Never throws at its writer: when the reader has closed the pipe, lines go nowhere.
 */
export class StandardOutput {
  readonly #fd: number;
  #waiting = '';
  /** Being written right now; kept so that `flushSync` can write it again if the process ends meanwhile. */
  #underWay: Buffer = Buffer.alloc(0);
  #dropped = 0;
  #drained: Promise<void> | undefined;

  constructor(fd = 1) {
    this.#fd = fd;
  }

  /** Takes one line (with its newline), as pino writes it. */
  write(line: string): void {
    if (this.#waiting.length + line.length > MOST_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting += line;
    this.#drained ??= this.#drain();
  }

  /**
   * Writes what is waiting at once, for the last moment of the process. Lines that are under way are written again, as a thread may
   * not get to it: they may stand twice, and where the pipe was full one of them in two pieces besides.
   */
  flushSync(): void {
    const underWay = this.#underWay.length > 0 ? [Buffer.from('\n'), this.#underWay] : [];
    const bytes = Buffer.concat([...underWay, this.#takeWaiting()]);
    let written = 0;
    for (let tries = 0; written < bytes.length && tries < LAST_TRIES;) {
      try {
        written += writeSync(this.#fd, bytes, written);
      } catch (error) {
        if (!isFull(error)) return;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PAUSE_MS);
      }
    }
  }

  /** Resolves when all lines taken so far are written, or have nowhere to go. */
  async close(): Promise<void> {
    while (this.#drained !== undefined) await this.#drained;
  }

  /** Ends in the same step in which it finds nothing left, so that a line written then starts the next drain. */
  async #drain(): Promise<void> {
    await sleep(GATHER_MS);
    while (this.#waiting !== '') {
      this.#underWay = this.#takeWaiting();
      try {
        while (this.#underWay.length > 0) await this.#writeSome();
      } catch {
        // The reader is gone: the server goes on, and has nowhere left to report it.
        this.#underWay = Buffer.alloc(0);
      }
      if (this.#waiting !== '') await sleep(GATHER_MS);
    }
    this.#drained = undefined;
  }

  async #writeSome(): Promise<void> {
    try {
      const { bytesWritten } = await writeTo(this.#fd, this.#underWay, 0, this.#underWay.length);
      this.#underWay = this.#underWay.subarray(bytesWritten);
    } catch (error) {
      if (!isFull(error)) throw error;
      await sleep(FULL_PAUSE_MS);
    }
  }

  /** With how many lines are missing behind them. */
  #takeWaiting(): Buffer {
    const line = {
      level: 'warn',
      time: new Date().toISOString(),
      dropped: this.#dropped,
      msg: 'log lines were dropped here',
    };
    const text = this.#waiting + (this.#dropped > 0 ? `${JSON.stringify(line)}\n` : '');
    this.#waiting = '';
    this.#dropped = 0;
    return Buffer.from(text);
  }
}

/** The pipe takes nothing more for now, where its end is one that does not block. */
function isFull(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}
