import { BoundedFile } from '../files/bounded-file.js';
import type { Log } from '../log/log.js';
import type { AlertKind } from './alert.js';

/** A notice that was given up, as operators see it. */
export interface DeadLetter {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly subject: string;
  /** Recipients that did not get it. */
  readonly to: readonly string[];
  readonly reason: string;
  readonly tries: number;
  readonly carries: Readonly<Partial<Record<AlertKind, number>>>;
}

/**
 * Keeps the newest notices that a channel gave up, in memory and as JSON lines in a file: after `max` lines the file
 * becomes `.old`, and the one that was `.old` is gone. Trouble with the file is logged; they stay in memory.
 */
export class DeadLetterBox {
  readonly #max: number;
  readonly #path: string | undefined;
  readonly #file: BoundedFile<DeadLetter> | undefined;
  readonly #log: Pick<Log, 'warn'>;
  readonly #letters: DeadLetter[] = [];
  #writing: Promise<void> = Promise.resolve();

  /** `path` undefined: only in memory. */
  constructor({
    max,
    path,
    log,
  }: {
    readonly max: number;
    readonly path: string | undefined;
    readonly log: Pick<Log, 'warn'>;
  }) {
    this.#max = max;
    this.#path = path;
    this.#log = log;
    // Bounded by count alone, so no clock is asked.
    if (path !== undefined) this.#file = new BoundedFile({ path, maxLines: max, maxAgeMs: Infinity, now: () => 0 });
  }

  /** Oldest first. */
  get letters(): readonly DeadLetter[] {
    return this.#letters;
  }

  add(letter: DeadLetter): void {
    this.#letters.push(letter);
    if (this.#letters.length > this.#max) this.#letters.shift();
    if (this.#file === undefined) return;
    this.#writing = this.#file.append(letter).catch((error: unknown) => {
      this.#log.warn({ err: error, path: this.#path }, 'the file of dead letters cannot be written');
    });
  }

  /** Resolves when the file has all that was added so far. */
  async flush(): Promise<void> {
    await this.#writing;
  }
}
