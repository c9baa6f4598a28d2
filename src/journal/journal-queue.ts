import type { JournalRecord } from '../broker/outbox-contract.js';
import type { JournalError } from './journal-error.js';
import { putBytes } from './journal-format.js';

/** Bodies written and synced together, at most; one record may be larger. */
const BATCH_BYTES = 8 << 20;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: JournalError) => void;
}

/** A put to write. When a newer one of the target is queued too, that one is written and answers for both. */
export interface PutJob {
  readonly kind: 'put';
  readonly target: string;
  readonly seq: number;
  record: JournalRecord | undefined;
  waiting: Waiting[];
}

export interface DoneJob {
  readonly kind: 'done';
  readonly target: string;
  readonly seq: number;
}

export type JournalJob = PutJob | DoneJob;

/** What the journal was asked for and has not begun to write, in the order in which it was asked. */
export class JournalQueue {
  #jobs: JournalJob[] = [];
  /** The put of each target that the next one replaces. */
  readonly #puts = new Map<string, PutJob>();

  get length(): number {
    return this.#jobs.length;
  }

  /** Whether somebody waits for some of it. */
  get hasPuts(): boolean {
    return this.#puts.size > 0;
  }

  /** Settles when the record, or a newer one of its target, is written or can't be. */
  put(record: JournalRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      const { target, seq } = record;
      const older = this.#puts.get(target);
      const waiting = older?.waiting ?? [];
      if (older !== undefined) {
        older.record = undefined;
        older.waiting = [];
      }
      waiting.push({ resolve, reject });
      const job: PutJob = { kind: 'put', target, seq, record, waiting };
      this.#puts.set(target, job);
      this.#jobs.push(job);
    });
  }

  /** A put that is not written yet need not be any more; its waiters are answered as if it had been. */
  done(target: string, seq: number): void {
    const queued = this.#puts.get(target);
    if (queued !== undefined && queued.seq <= seq) queued.record = undefined;
    this.#jobs.push({ kind: 'done', target, seq });
  }

  /** Takes out what is to be written next, together. */
  take(): readonly JournalJob[] {
    let bytes = 0;
    let count = 0;
    for (const job of this.#jobs) {
      if (count > 0 && bytes > BATCH_BYTES) break;
      count++;
      if (job.kind !== 'put') continue;
      if (job.record !== undefined) bytes += putBytes(job.record);
      if (this.#puts.get(job.target) === job) this.#puts.delete(job.target);
    }
    return this.#jobs.splice(0, count);
  }
}
