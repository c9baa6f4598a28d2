import { fencePassed } from '../fence-passed.js';
import type { Author, Change, CommitResult, Fence } from '../store.js';
import { StoreError } from '../store.js';
import type { Effect, SpellDocument, Totals } from './apply-changes.js';
import { applyChanges, undoEffects } from './apply-changes.js';
import type { BatchWriter, Written } from './batch-writer.js';
import type { Image } from './image.js';
import type { LogSync } from './log-sync.js';
import { sqliteCode, storeError } from './sqlite-errors.js';
import type { StoreStatus } from '../store-status.js';

/** Bounds of one batch: the first one reached ends it, and the rest waits for the next batch. */
const BATCH = { commits: 250, bytes: 4 << 20, ms: 10 } as const;
/** Pauses between tries while another process holds the file's write lock. */
const BUSY_PAUSE_MS = [2, 5, 10, 20, 50, 100] as const;
/** How many commits that may wait are worth a batch of their own. */
const WORTH_A_BATCH = 50;

export interface GroupCommitParts {
  readonly path: string;
  readonly image: Image;
  readonly totals: Totals;
  readonly writer: BatchWriter;
  readonly log: LogSync;
  readonly status: StoreStatus;
  readonly now: () => number;
  readonly spell: SpellDocument;
  /** How long a commit waits for a foreign lock before it is refused as `busy`. */
  readonly busyMs: number;
  /** How many commits may wait; more are refused as `busy` at once. */
  readonly maxWaiting: number;
  /** Told of every batch once it is durable. */
  readonly onDurable: (effects: readonly Effect[]) => void;
}

/** `CommitBy`, with nothing left open. */
interface CommitTerms {
  readonly author: Author;
  readonly audit: boolean;
  /** How long it may be kept for one that may not wait; 0: it may not. */
  readonly waitMs: number;
  readonly fence: Fence | undefined;
}

interface Waiting extends CommitTerms {
  /** On `performance.now()`: it is kept no longer. */
  readonly until: number;
  readonly changes: readonly Change[];
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/** What ran together: its commits, how each is to be answered once all is durable, and what they changed. */
interface Batch {
  readonly answers: { readonly of: Waiting; readonly answer: () => void }[];
  readonly effects: Effect[];
  readonly written: Written[];
}

/**
 * Writes commits that wait at the same time in one transaction, synced to disk once: while one batch is on its way to
 * the disk the next gathers. One that may wait goes along with the next that may not, or after a moment. Commits are
 * answered and feeds are told only after that. A refused commit has written nothing by then, so it does not affect the
 * others; a batch that cannot be written is refused as a whole.
 */
export class GroupCommit {
  readonly #parts: GroupCommitParts;
  #queue: Waiting[] = [];
  /** A run is planned or under way. */
  #active = false;
  /** Set while all that wait may. */
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #busySince: number | undefined;
  #busyTries = 0;
  #idle: (() => void)[] = [];

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
  }

  commit(changes: readonly Change[], terms: CommitTerms): Promise<CommitResult> {
    const { maxWaiting, path } = this.#parts;
    if (this.#queue.length >= maxWaiting) {
      return Promise.reject(new StoreError('busy', `${path}: ${maxWaiting} commits are waiting; try again later`));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ changes, ...terms, until: performance.now() + terms.waitMs, resolve, reject });
      if (!this.#active) this.#planWhenDue();
    });
  }

  /** Resolves once nothing waits and nothing is under way. */
  drained(): Promise<void> {
    if (this.#timer !== undefined) this.#plan();
    if (!this.#active) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #planWhenDue(): void {
    if (this.#isDue()) return this.#plan();
    const first = this.#queue.reduce((least, { until }) => Math.min(least, until), Infinity);
    if (first >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = first;
    this.#timer = setTimeout(() => this.#plan(), Math.max(0, first - performance.now()));
  }

  #isDue(): boolean {
    const { length } = this.#queue;
    return length >= WORTH_A_BATCH || this.#idle.length > 0 || this.#queue.some(({ waitMs }) => waitMs === 0);
  }

  #plan(pauseMs?: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
    this.#active = true;
    if (pauseMs === undefined) setImmediate(() => this.#run());
    else setTimeout(() => this.#run(), pauseMs);
  }

  #next(): void {
    this.#active = false;
    if (this.#queue.length > 0) return this.#planWhenDue();
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #run(): void {
    const { writer, log } = this.#parts;
    try {
      writer.begin();
    } catch (error) {
      this.#notBegun(error);
      return;
    }
    this.#busySince = undefined;
    this.#busyTries = 0;
    const batch = this.#apply();
    if (!this.#write(batch)) return this.#next();
    if (batch.effects.length === 0) {
      for (const { answer } of batch.answers) answer();
      return this.#next();
    }
    log.sync().then(
      () => this.#durable(batch),
      (error: unknown) => this.#notDurable(batch, error),
    );
  }

  #notBegun(error: unknown): void {
    const { writer, now, busyMs } = this.#parts;
    writer.rollback();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY')) {
      this.#busySince ??= now();
      if (now() - this.#busySince < busyMs) return this.#plan(BUSY_PAUSE_MS[this.#busyTries++] ?? 100);
      this.#busySince = undefined;
    }
    const failure = this.#down(error);
    for (const waiting of this.#queue.splice(0)) waiting.reject(failure);
    this.#next();
  }

  /** Runs the edits of what waits, up to the bounds. The image then shows what is about to be written. */
  #apply(): Batch {
    const { image, totals, path, now, spell } = this.#parts;
    const batch: Batch = { answers: [], effects: [], written: [] };
    const { answers, effects, written } = batch;
    const startedAt = performance.now();
    let bytes = 0;
    for (const of of this.#queue) {
      const mark = effects.length;
      try {
        // Here and not in `commit`: it may have waited long for another process.
        if (of.fence !== undefined && now() >= of.fence.until) throw fencePassed(of.fence, path);
        const result = applyChanges(image, totals, of.changes, effects, spell);
        answers.push({ of, answer: () => of.resolve(result) });
      } catch (error) {
        answers.push({ of, answer: () => of.reject(error) });
      }
      const mine = effects.slice(mark);
      if (mine.length > 0) written.push({ effects: mine, author: of.author, audit: of.audit });
      bytes = mine.reduce((sum, effect) => sum + effect.text.length, bytes);
      const full = answers.length >= BATCH.commits || bytes >= BATCH.bytes;
      if (full || performance.now() - startedAt >= BATCH.ms) break;
    }
    this.#queue.splice(0, answers.length);
    return batch;
  }

  /** Commits to the log. False: nothing was written, the image is as before, and all of the batch are refused. */
  #write({ effects, written, answers }: Batch): boolean {
    const { image, totals, writer, now } = this.#parts;
    try {
      if (effects.length > 0) writer.write(written, totals, now());
      writer.commit();
      return true;
    } catch (error) {
      undoEffects(image, totals, effects, 0);
      const failure = this.#down(error);
      try {
        writer.rollback();
      } catch (second) {
        this.#down(second);
      }
      // Also those refused: they may have been refused for what another commit of this batch did not get to write.
      for (const { of } of answers) of.reject(failure);
      return false;
    }
  }

  #durable({ answers, effects }: Batch): void {
    const { status, onDurable } = this.#parts;
    status.up();
    for (const { answer } of answers) answer();
    onDurable(effects);
    this.#next();
  }

  /** The log could not be synced: the batch is committed and visible, but may not survive a power cut. */
  #notDurable({ answers, effects }: Batch, error: unknown): void {
    const { path, writer, status, onDurable } = this.#parts;
    const detail = error instanceof Error ? error.message : String(error);
    const failure = new StoreError('unknown_outcome', `${path}-wal could not be synced to the disk: ${detail}`, {
      cause: error,
    });
    status.down(failure);
    writer.distrustLog();
    for (const { of } of answers) of.reject(failure);
    onDurable(effects);
    this.#next();
  }

  #down(error: unknown): StoreError {
    const failure = storeError(error, this.#parts.path);
    this.#parts.status.down(failure);
    return failure;
  }
}
