import type { Author, Change, CommitResult } from '../store.js';
import { StoreError } from '../store.js';
import type { Effect, Totals } from './apply-changes.js';
import { applyChanges, undoEffects } from './apply-changes.js';
import type { BatchWriter, Written } from './batch-writer.js';
import type { Image } from './image.js';
import { sqliteCode, storeError } from './sqlite-errors.js';
import type { StoreStatus } from './store-status.js';

/** Bounds of one batch: whatever is met first ends it, and the rest waits for the next turn of the event loop. */
const BATCH = { commits: 500, bytes: 4 << 20, ms: 20 } as const;
/** Pauses between tries while another process holds the file's write lock. */
const BUSY_PAUSE_MS = [2, 5, 10, 20, 50, 100] as const;

export interface GroupCommitParts {
  readonly path: string;
  readonly image: Image;
  readonly totals: Totals;
  readonly writer: BatchWriter;
  readonly status: StoreStatus;
  readonly now: () => number;
  /** How long a commit waits for a foreign lock before it is refused as `busy`. */
  readonly busyMs: number;
  /** How many commits may wait; more are refused as `busy` at once. */
  readonly maxWaiting: number;
  /** Told of every batch once it is durable. */
  readonly onDurable: (effects: readonly Effect[]) => void;
}

interface Waiting {
  readonly changes: readonly Change[];
  readonly author: Author;
  readonly audit: boolean;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes all commits that wait in the same turn of the event loop in one transaction with one fsync. Nobody is
 * answered before that. A batch runs to its end without a pause, so nobody ever reads what is not durable.
 */
export class GroupCommit {
  readonly #parts: GroupCommitParts;
  #queue: Waiting[] = [];
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #busySince: number | undefined;
  #busyTries = 0;
  #idle: (() => void)[] = [];

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
  }

  commit(changes: readonly Change[], author: Author, audit: boolean): Promise<CommitResult> {
    if (this.#queue.length >= this.#parts.maxWaiting) {
      const waiting = `${this.#queue.length} commits are waiting already`;
      return Promise.reject(new StoreError('busy', `${this.#parts.path}: ${waiting}; try again later`));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ changes, author, audit, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves once nothing waits. */
  drained(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #schedule(pauseMs?: number): void {
    if (this.#timer !== undefined || this.#queue.length === 0) return;
    const run = () => {
      this.#timer = undefined;
      this.#flush();
      if (this.#queue.length > 0) {
        this.#schedule(this.#busySince === undefined ? undefined : (BUSY_PAUSE_MS[this.#busyTries] ?? 100));
        return;
      }
      for (const resolve of this.#idle.splice(0)) resolve();
    };
    this.#timer = pauseMs === undefined ? setImmediate(run) : setTimeout(run, pauseMs);
  }

  #flush(): void {
    const { writer, path, status } = this.#parts;
    try {
      writer.begin();
    } catch (error) {
      writer.rollback();
      if (sqliteCode(error)?.startsWith('SQLITE_BUSY') && this.#waitForLock()) return;
      this.#busySince = undefined;
      const failure = storeError(error, path);
      status.down(failure);
      for (const waiting of this.#queue.splice(0)) waiting.reject(failure);
      return;
    }
    this.#busySince = undefined;
    this.#busyTries = 0;
    this.#runBatch();
  }

  #waitForLock(): boolean {
    const { now, busyMs } = this.#parts;
    this.#busySince ??= now();
    this.#busyTries += 1;
    return now() - this.#busySince < busyMs;
  }

  #runBatch(): void {
    const { image, totals, writer, path, status, now, onDurable } = this.#parts;
    const effects: Effect[] = [];
    const written: Written[] = [];
    const answers: { readonly of: Waiting; readonly answer: () => void }[] = [];
    let taken = 0;
    let bytes = 0;
    const startedAt = performance.now();
    for (const of of this.#queue) {
      taken += 1;
      const mark = effects.length;
      try {
        const result = applyChanges(image, totals, of.changes, effects);
        answers.push({ of, answer: () => of.resolve(result) });
      } catch (error) {
        answers.push({ of, answer: () => of.reject(error) });
      }
      const mine = effects.slice(mark);
      if (mine.length > 0) written.push({ effects: mine, author: of.author, audit: of.audit });
      bytes = mine.reduce((sum, effect) => sum + effect.text.length, bytes);
      if (taken >= BATCH.commits || bytes >= BATCH.bytes || performance.now() - startedAt >= BATCH.ms) break;
    }
    this.#queue.splice(0, taken);
    let committing = false;
    try {
      if (effects.length > 0) writer.write(written, totals, now());
      committing = true;
      writer.commit();
    } catch (error) {
      undoEffects(image, totals, effects, 0);
      const failure = failureOf(error, committing, path);
      status.down(failure);
      // Also those refused: they may have been refused for what another commit of this batch did not get to write.
      for (const { of } of answers) of.reject(failure);
      this.#rollback();
      return;
    }
    if (effects.length > 0) status.up();
    for (const { answer } of answers) answer();
    if (effects.length > 0) onDurable(effects);
  }

  #rollback(): void {
    const { writer, status, path } = this.#parts;
    try {
      writer.rollback();
    } catch (error) {
      status.down(storeError(error, path));
    }
  }
}

/** A failed write of the log during COMMIT may still be found by the recovery after a crash. */
function failureOf(error: unknown, committing: boolean, path: string): StoreError {
  const failure = storeError(error, path);
  if (!committing || !sqliteCode(error)?.startsWith('SQLITE_IOERR')) return failure;
  return new StoreError('unknown_outcome', failure.message, { cause: error });
}
