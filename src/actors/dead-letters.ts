import { createReadStream } from 'node:fs';
import { appendFile, mkdir, rename } from 'node:fs/promises';
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
const NEWLINE = 0x0a;

/**
 * Messages that were refused for good, in a file of JSON lines beside the store (`body` in base64, `dog-trainer decode`
 * reads it). Bounded: after `max` lines the file becomes `.old`, and the one that was `.old` is gone. Without a path
 * they are only counted and logged.
 */
export class DeadLetters {
  readonly #path: string | undefined;
  readonly #max: number;
  readonly #log: Log;
  /** In the file; undefined until it was looked at. */
  #lines: number | undefined = undefined;
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
      const before = await this.#linesThere(this.#path);
      await appendFile(this.#path, `${line}\n`, { mode: 0o600 });
      this.#lines = before + 1;
    } catch (error) {
      this.#log.error({ err: error, path: this.#path }, 'a dead letter could not be written; it is lost');
    }
  }

  /** Lines in the file, those of an earlier run too; a full file is set aside first. */
  async #linesThere(path: string): Promise<number> {
    if (this.#lines === undefined) {
      await mkdir(dirname(path), { recursive: true });
      this.#lines = await countLines(path);
    }
    if (this.#lines < this.#max) return this.#lines;
    await rename(path, `${path}.old`);
    this.#lines = 0;
    return 0;
  }
}

const countLines = async (path: string): Promise<number> => {
  let lines = 0;
  try {
    for await (const chunk of createReadStream(path))
      for (const byte of chunk as Buffer) if (byte === NEWLINE) lines += 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return lines;
};
