import type { JournalWork } from '../../journal/journal.js';
import type { Log } from '../../log/log.js';
import type { DetailObject, GenServer, Self, TimerRef } from '../../otp/index.js';

/** What the journal actor uses. */
export interface JournalNeeds {
  readonly journal: JournalWork;
  readonly log: Log;
}

/** How long what nobody waits for is kept, milliseconds: it is written along with the next message. */
const MAY_WAIT_MS = 100;

type Info = { readonly tag: 'write' } | { readonly tag: 'compact' };

/**
 * Writes the journal: appends what waits, a batch in a turn, compacts, and closes the segment in an orderly stop. What
 * waits is in the journal beside it and not in its mailbox: an actor that is killed loses none of it, a write that was
 * under way is finished, and its successor goes on after that. A disk that refuses is a state, and whoever waited for the
 * write is told; it is tried again with the next message.
 */
export class JournalActor implements GenServer<never, never, never, Info> {
  readonly #journal: JournalWork;
  readonly #log: Log;
  /** A `write` is on its way to the next turn. */
  #told = false;
  /** Set while nobody waits for what is to be written. */
  #later: TimerRef | undefined = undefined;
  #failing: boolean;
  /** Epoch milliseconds since when it works, or fails. */
  #since = 0;
  #compactedAt: number | undefined = undefined;
  #compactionFailure: string | undefined = undefined;

  constructor({ journal, log }: JournalNeeds) {
    this.#journal = journal;
    this.#log = log;
    this.#failing = journal.state().failure !== undefined;
  }

  init(self: Self<Info>): void {
    this.#since = self.now();
    const forget = this.#journal.onWork((mayWait) => {
      if (mayWait === true) this.#later ??= self.sendAfter(MAY_WAIT_MS, { tag: 'write' });
      else this.#tellToWrite(self);
    });
    self.signal.addEventListener('abort', forget, { once: true });
    this.#tellToWrite(self);
  }

  async handleInfo(self: Self<Info>, { tag }: Info): Promise<void> {
    if (tag === 'compact') return this.#compact(self);
    this.#told = false;
    if (this.#later !== undefined) self.cancel(this.#later);
    this.#later = undefined;
    await this.#journal.write();
    this.#note(self);
    if (this.#journal.compactionDue) self.tell({ tag: 'compact' });
    if (this.#journal.state().waiting > 0) this.#tellToWrite(self);
  }

  async terminate(): Promise<void> {
    await this.#journal.settle();
  }

  describe(): DetailObject {
    const { waiting, messages, bytes, failure } = this.#journal.state();
    return {
      state: failure === undefined ? 'ok' : 'failing',
      since: Math.floor(this.#since / 1000),
      waiting,
      messages,
      bytes,
      compacted_at: this.#compactedAt === undefined ? null : Math.floor(this.#compactedAt / 1000),
      ...(failure === undefined ? {} : { error: failure }),
      ...(this.#compactionFailure === undefined ? {} : { compaction_error: this.#compactionFailure }),
    };
  }

  /** Whether it has told itself to write what waits, and whether a compaction is due. */
  formatStatus(): DetailObject {
    return { ...this.describe(), write_is_due: this.#told, compaction_is_due: this.#journal.compactionDue };
  }

  async #compact(self: Self<Info>): Promise<void> {
    // Another one may have made it needless.
    if (!this.#journal.compactionDue) return;
    try {
      await this.#journal.compact();
      this.#compactedAt = self.now();
      this.#compactionFailure = undefined;
    } catch (error) {
      this.#compactionFailure = error instanceof Error ? error.message : String(error);
      this.#log.warn({ err: error }, 'the journal could not be compacted; it grows on and is compacted later');
    }
  }

  #tellToWrite(self: Self<Info>): void {
    if (!this.#told) this.#told = self.tell({ tag: 'write' });
  }

  #note(self: Self<Info>): void {
    const failing = this.#journal.state().failure !== undefined;
    if (failing !== this.#failing) this.#since = self.now();
    this.#failing = failing;
  }
}
