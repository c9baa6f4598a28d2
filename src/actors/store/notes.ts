import { backoffMs, type Backoff, type Clock } from '../../otp/index.js';
import type { Change, Store } from '../../store/store.js';
import { StoreError } from '../../store/store.js';
import type { Log } from '../../log/log.js';

/** Something that has happened and is to be remembered over a restart. */
export interface Note {
  /** Made anew for every try; none: there is nothing to be written any more. */
  readonly changes: () => readonly Change[];
  /** Called once, when it was written, replaced by a newer one of its key, or given up. */
  readonly ended?: (written: boolean) => void;
}

export interface NotesParts {
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Pick<Clock, 'setTimer' | 'clearTimer'>;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** Written at the same time: a store writes those together. */
const AT_ONCE = 100;
const WAIT: Backoff = { baseMs: 200, maxMs: 5000 };

/**
 * Writes down what has happened already, beside those who did it: a store that refuses the note holds up no work, and
 * nothing is done again for want of it. Of each key only the newest note is written, as often as it takes. A plain object,
 * so that a note outlives the crash of whoever left it.
 */
export class Notes {
  readonly #parts: NotesParts;
  readonly #waiting = new Map<string, Note>();
  #running: Promise<void> | undefined = undefined;
  #failures = 0;
  #timer: object | undefined = undefined;
  #stopped = false;

  constructor(parts: NotesParts) {
    this.#parts = parts;
  }

  /** Never waits; what `changes` throws is logged, and the note is given up. */
  put(key: string, note: Note): void {
    this.#waiting.get(key)?.ended?.(false);
    this.#waiting.delete(key);
    if (this.#stopped) return note.ended?.(false);
    this.#waiting.set(key, note);
    if (this.#timer === undefined) this.#run();
  }

  /** Notes not written yet. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves when all are written, or the store has just refused one. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Nothing more is written: this server may not, or is about to end. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#parts.clock.clearTimer(this.#timer);
    this.#timer = undefined;
    for (const note of this.#waiting.values()) note.ended?.(false);
    this.#waiting.clear();
  }

  #run(): void {
    this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined;
      // A note that came when the last round had found nothing more, and before this.
      if (this.#waiting.size > 0 && this.#timer === undefined) this.#run();
    });
  }

  async #rounds(): Promise<void> {
    // What else is noted in this turn goes along.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const round = [...this.#waiting].slice(0, AT_ONCE);
      const done = await Promise.all(round.map(([key, note]) => this.#write(key, note)));
      if (this.#stopped) return;
      if (done.every((each) => each)) {
        this.#failures = 0;
        continue;
      }
      this.#failures += 1;
      const ms = backoffMs(WAIT, this.#failures, (this.#parts.random ?? Math.random)());
      this.#timer = this.#parts.clock.setTimer(ms, () => {
        this.#timer = undefined;
        this.#run();
      });
      return;
    }
  }

  /** False: it is to be tried again. */
  async #write(key: string, note: Note): Promise<boolean> {
    try {
      const changes = note.changes();
      if (changes.length > 0)
        await this.#parts.store.commit(changes, { author: 'system', audit: false, mayWait: true });
    } catch (error) {
      if (this.#waiting.get(key) !== note) return true;
      if (error instanceof StoreError && error.code !== 'closed') {
        if (this.#failures === 0)
          this.#parts.log.warn({ err: error, note: key }, 'the store did not take a note; trying again until it does');
        // Others first the next time: one that is refused for ever keeps nobody waiting.
        this.#waiting.delete(key);
        this.#waiting.set(key, note);
        return false;
      }
      if (!(error instanceof StoreError))
        this.#parts.log.error({ err: error, note: key }, 'a note could not be made, and is given up');
      this.#end(key, note, false);
      return true;
    }
    this.#end(key, note, true);
    return true;
  }

  #end(key: string, note: Note, written: boolean): void {
    if (this.#waiting.get(key) !== note) return;
    this.#waiting.delete(key);
    note.ended?.(written);
  }
}
