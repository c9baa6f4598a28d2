import type { Journal } from '../../journal/journal.js';

/**
 * The journal of a server that may lead more than once: each lead reads it anew, as a start would, so that what the lead
 * before had not sent is there, and whether it may be sent is asked again.
 */
export class JournalInTurn {
  readonly #open: () => Promise<Journal | undefined>;
  #journal: Journal | undefined;
  #taken = false;
  #closing: Promise<void> | undefined = undefined;

  /** `first` is open already: a journal that can't be used is told at the start. */
  constructor(first: Journal | undefined, open: () => Promise<Journal | undefined>) {
    this.#journal = first;
    this.#open = open;
  }

  /** @throws JournalError */
  async take(): Promise<Journal | undefined> {
    if (this.#taken) {
      await this.close();
      this.#closing = undefined;
      this.#journal = await this.#open();
    }
    this.#taken = true;
    return this.#journal;
  }

  /** Writes what is pending and lets go of the directory. */
  close(): Promise<void> {
    this.#closing ??= this.#journal?.close() ?? Promise.resolve();
    return this.#closing;
  }
}
