import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from './log-port.js';

/** A message that could not be handled, as it is kept for people: one line of JSON. */
export interface DeadLetter {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly queue: string;
  /** A word to count by. */
  readonly reason: string;
  /** One sentence. */
  readonly detail: string;
  readonly hostkey?: string;
  readonly body: Uint8Array;
}

/** What is kept of a body; the whole of a real report is a tenth of it. */
const MAX_BODY = 16_384;

/**
 * Messages that were refused for good, in a file of JSON lines beside the store (`body` in base64, `dog-trainer decode`
 * reads it). Bounded: after `max` lines the file becomes `.old`, and the one that was `.old` is gone. Without a path
 * they are only counted and logged.
 */
export class DeadLetters {
  readonly #path: string | undefined;
  readonly #max: number;
  readonly #log: Log;
  #lines = 0;
  #total = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: { readonly path: string | undefined; readonly max: number; readonly log: Log }) {
    this.#path = options.path;
    this.#max = options.max;
    this.#log = options.log;
  }

  /** Since the start. */
  get total(): number {
    return this.#total;
  }

  /** Resolves when the letter is written, or it was logged that it can't be: never rejects. */
  add(letter: DeadLetter): Promise<void> {
    this.#total += 1;
    const { hostkey, reason, queue } = letter;
    this.#log.warn({ reason, queue, hostkey, bytes: letter.body.length }, `message refused: ${letter.detail}`);
    this.#writing = this.#writing.then(() => this.#write(letter));
    return this.#writing;
  }

  async #write(letter: DeadLetter): Promise<void> {
    if (this.#path === undefined) return;
    const { body, ...rest } = letter;
    const kept = Buffer.from(body.subarray(0, MAX_BODY)).toString('base64');
    const line = JSON.stringify({ ...rest, bytes: body.length, body: kept });
    try {
      if (this.#lines === 0) await this.#begin(this.#path);
      await appendFile(this.#path, `${line}\n`, { mode: 0o600 });
      this.#lines += 1;
      if (this.#lines >= this.#max) this.#lines = 0;
    } catch (error) {
      this.#log.error({ err: error, path: this.#path }, 'a dead letter could not be written; it is lost');
    }
  }

  /** A file of an earlier time, or a full one, is set aside. */
  async #begin(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (there !== undefined) await rename(path, `${path}.old`);
  }
}
