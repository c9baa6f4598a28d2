import { appendFile, mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AlertKind, AlertLog } from './alert.js';

/** A mail that was given up, as operators see it. */
export interface DeadMail {
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
 * Keeps the newest mails that were given up, in memory and as JSON lines in a file: after `max` lines the file becomes
 * `.old`, and the one that was `.old` is gone. Trouble with the file is logged; the mails stay in memory.
 */
export class DeadMailBox {
  readonly #max: number;
  readonly #path: string | undefined;
  readonly #log: AlertLog;
  #mails: readonly DeadMail[] = [];
  #lines = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: { readonly max: number; readonly path: string | undefined; readonly log: AlertLog }) {
    this.#max = options.max;
    this.#path = options.path;
    this.#log = options.log;
  }

  /** Oldest first. */
  get mails(): readonly DeadMail[] {
    return this.#mails;
  }

  add(mail: DeadMail): void {
    this.#mails = [...this.#mails, mail].slice(-this.#max);
    this.#log.warn(
      { subject: mail.subject, to: mail.to, tries: mail.tries, reason: mail.reason },
      'a mail was given up',
    );
    const path = this.#path;
    if (path === undefined) return;
    this.#writing = this.#writing
      .then(() => this.#append(path, mail))
      .catch((error: unknown) => {
        this.#log.warn({ err: error, path }, 'the file of dead mails cannot be written');
      });
  }

  /** Resolves when the file has all that was added so far. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #append(path: string, mail: DeadMail): Promise<void> {
    if (this.#lines >= this.#max) {
      await rename(path, `${path}.old`);
      this.#lines = 0;
    }
    if (this.#lines === 0) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await appendFile(path, `${JSON.stringify(mail)}\n`, { mode: 0o600 });
    this.#lines += 1;
  }
}
