import { appendFile, mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AlertKind, AlertLog } from './alert.js';

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
  readonly #log: AlertLog;
  readonly #letters: DeadLetter[] = [];
  #lines = 0;
  #writing: Promise<void> = Promise.resolve();

  /** `path` undefined: only in memory. */
  constructor(options: { readonly max: number; readonly path: string | undefined; readonly log: AlertLog }) {
    this.#max = options.max;
    this.#path = options.path;
    this.#log = options.log;
  }

  /** Oldest first. */
  get letters(): readonly DeadLetter[] {
    return this.#letters;
  }

  add(letter: DeadLetter): void {
    this.#letters.push(letter);
    if (this.#letters.length > this.#max) this.#letters.shift();
    const path = this.#path;
    if (path === undefined) return;
    this.#writing = this.#writing
      .then(() => this.#append(path, letter))
      .catch((error: unknown) => {
        this.#log.warn({ err: error, path }, 'the file of dead letters cannot be written');
      });
  }

  /** Resolves when the file has all that was added so far. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #append(path: string, letter: DeadLetter): Promise<void> {
    if (this.#lines >= this.#max) {
      await rename(path, `${path}.old`);
      this.#lines = 0;
    }
    if (this.#lines === 0) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await appendFile(path, `${JSON.stringify(letter)}\n`, { mode: 0o600 });
    this.#lines += 1;
  }
}
