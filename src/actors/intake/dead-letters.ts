import { createReadStream } from 'node:fs';
import { appendFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Log } from '../../log/log.js';

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

const MINUTE_MS = 60_000;
/** Log lines of single letters. */
const TOLD_A_MINUTE = 60;

/** What a file of dead letters holds. */
interface Extent {
  readonly lines: number;
  /** Epoch milliseconds of the first letter and the last; -Infinity where nobody can tell, so that it goes soon. */
  readonly first: number;
  readonly last: number;
}

const EMPTY: Extent = { lines: 0, first: Infinity, last: Infinity };

/**
 * Messages that were refused for good, in a file of JSON lines beside the store (`body` in base64, `dog-trainer decode`
 * reads it). Bounded by count and by age: after `max` lines, or when its first letter is `maxAgeMs` old, the file
 * becomes `.old`, and the one that was `.old` is gone. Looked at with every letter and with `tidy`. Without a path they
 * are only counted and logged.
 */
export class DeadLetters {
  readonly #path: string | undefined;
  readonly #max: number;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  readonly #log: Log;
  /** Of the file; undefined until it was looked at. */
  #extent: Extent | undefined = undefined;
  #total = 0;
  /** Refused since the minute began that is told of. */
  #told = 0;
  #toldFrom = -Infinity;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly path: string | undefined;
    readonly max: number;
    readonly maxAgeMs: number;
    /** Epoch milliseconds. */
    readonly now: () => number;
    readonly log: Log;
  }) {
    this.#path = options.path;
    this.#max = options.max;
    this.#maxAgeMs = options.maxAgeMs;
    this.#now = options.now;
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
    this.#tell(() =>
      this.#log.warn({ reason, queue, hostkey, bytes: letter.body.length }, `message refused: ${letter.detail}`),
    );
    this.#writing = this.#writing.then(() => this.#write(letter));
    return this.#writing;
  }

  /** A line each, but not a thousand a second: whoever sends rubbish must not drown what else is in the log. */
  #tell(line: () => void): void {
    const now = this.#now();
    if (Math.abs(now - this.#toldFrom) >= MINUTE_MS) {
      if (this.#told > TOLD_A_MINUTE)
        this.#log.warn({ messages: this.#told - TOLD_A_MINUTE }, 'so many more messages were refused and not logged');
      this.#toldFrom = now;
      this.#told = 0;
    }
    this.#told += 1;
    if (this.#told <= TOLD_A_MINUTE) line();
    else if (this.#told === TOLD_A_MINUTE + 1)
      this.#log.warn({}, 'too many messages are refused: further ones are only counted and kept as dead letters');
  }

  /** Lets go of what is too old, also when no new letter comes. Never rejects. */
  tidy(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      try {
        if (this.#path !== undefined) await this.#room(this.#path);
      } catch (error) {
        this.#log.error({ err: error, path: this.#path }, 'old dead letters could not be removed');
      }
    });
    return this.#writing;
  }

  async #write(letter: DeadLetter): Promise<void> {
    if (this.#path === undefined) return;
    const { body, ...rest } = letter;
    const kept = Buffer.from(body.subarray(0, MAX_BODY)).toString('base64');
    const line = JSON.stringify({ ...rest, bytes: body.length, body: kept });
    try {
      const { lines, first } = await this.#room(this.#path);
      await appendFile(this.#path, `${line}\n`, { mode: 0o600 });
      this.#extent = { lines: lines + 1, first: Math.min(first, letter.at), last: letter.at };
    } catch (error) {
      this.#log.error({ err: error, path: this.#path }, 'a dead letter could not be written; it is lost');
    }
  }

  /** What is in the file, letters of an earlier run too, once a full or old one is set aside. */
  async #room(path: string): Promise<Extent> {
    if (this.#extent === undefined) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      this.#extent = await extentOf(path);
      const old = await extentOf(`${path}.old`);
      if (old.lines > 0 && this.#isOld(old.last)) await rm(`${path}.old`, { force: true });
    }
    const { lines, first, last } = this.#extent;
    if (lines < this.#max && !this.#isOld(first)) return this.#extent;
    await rename(path, `${path}.old`);
    if (this.#isOld(last)) await rm(`${path}.old`, { force: true });
    this.#extent = EMPTY;
    return EMPTY;
  }

  #isOld(at: number): boolean {
    return at < this.#now() - this.#maxAgeMs;
  }
}

async function extentOf(path: string): Promise<Extent> {
  let extent = EMPTY;
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const at = timeOf(line);
      extent = { lines: extent.lines + 1, first: extent.lines === 0 ? at : extent.first, last: at };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return extent;
}

/** A line torn by a crash has no time. */
function timeOf(line: string): number {
  try {
    const { at } = JSON.parse(line) as { readonly at?: unknown };
    return typeof at === 'number' ? at : -Infinity;
  } catch {
    return -Infinity;
  }
}
