import { BoundedFile } from '../../files/bounded-file.js';
import type { Log } from '../../log/log.js';
import { RateWindow } from '../../rates/rate-window.js';
import type { DeadLetter } from './dead-letter.js';
import type { RefusedMessages } from './refused-messages.js';

/** A letter in the file: of the body its length, and the beginning in base64. */
interface KeptLetter extends Omit<DeadLetter, 'body'> {
  readonly bytes: number;
  readonly body: string;
}

/** What is kept of a body; the whole of a real report is a tenth of it. */
const MAX_BODY = 16_384;

const MINUTE_MS = 60_000;
/** Log lines of single letters. */
const TOLD_PER_MINUTE = 60;

/**
 * Messages that were refused for good, in a file of JSON lines beside the store (`body` in base64, `dog-trainer decode`
 * reads it), bounded by count and by age. Without a path they are only counted and logged.
 */
export class DeadLetters {
  readonly #file: BoundedFile<KeptLetter> | undefined;
  readonly #path: string | undefined;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #messages: Pick<RefusedMessages, 'add'> | undefined;
  #total = 0;
  readonly #lines = new RateWindow({
    most: TOLD_PER_MINUTE,
    lengthMs: MINUTE_MS,
    ended: (beyond) => this.#tellUnlogged(beyond),
  });

  constructor(options: {
    readonly path: string | undefined;
    readonly max: number;
    readonly maxAgeMs: number;
    /** Epoch milliseconds. */
    readonly now: () => number;
    readonly log: Log;
    /** Where operators look at the last ones. */
    readonly messages?: Pick<RefusedMessages, 'add'>;
  }) {
    const { path, max, maxAgeMs, now, log, messages } = options;
    this.#messages = messages;
    this.#path = path;
    this.#file = path === undefined ? undefined : new BoundedFile({ path, maxLines: max, maxAgeMs, now });
    this.#now = now;
    this.#log = log;
  }

  /** Since the start. */
  get total(): number {
    return this.#total;
  }

  /** Resolves when the letter is written, or it was logged that it can't be: never rejects. */
  async add(letter: DeadLetter): Promise<void> {
    this.#total += 1;
    this.#tell(letter);
    this.#messages?.add(letter);
    const { body, ...rest } = letter;
    const kept = Buffer.from(body.subarray(0, MAX_BODY)).toString('base64');
    try {
      await this.#file?.append({ ...rest, bytes: body.length, body: kept });
    } catch (error) {
      this.#log.error({ err: error, path: this.#path }, 'a dead letter could not be written; it is lost');
    }
  }

  /** A line each, but not a thousand a second: whoever sends rubbish must not drown what else is in the log. */
  #tell({ hostkey, reason, queue, body, detail }: DeadLetter): void {
    const rate = this.#lines.add(this.#now());
    if (rate === 'within') this.#log.warn({ reason, queue, hostkey, bytes: body.length }, `message refused: ${detail}`);
    else if (rate === 'first_beyond')
      this.#log.warn({}, 'too many messages are refused: further ones are only counted and kept as dead letters');
  }

  #tellUnlogged(messages: number): void {
    if (messages > 0) this.#log.warn({ messages }, 'so many more messages were refused and not logged');
  }

  /** Lets go of what is too old, also when no new letter comes. Never rejects. */
  async tidy(): Promise<void> {
    try {
      await this.#file?.tidy();
    } catch (error) {
      this.#log.error({ err: error, path: this.#path }, 'old dead letters could not be removed');
    }
  }
}
