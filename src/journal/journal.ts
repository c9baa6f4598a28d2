import { rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { JournalRecord, OutboxJournal } from '../broker/outbox-contract.js';
import { JournalError, reasonOf } from './journal-error.js';
import { JournalQueue } from './journal-queue.js';
import type { JournalJob } from './journal-queue.js';
import type { LiveRecords } from './live-records.js';
import { planBatch } from './plan-batch.js';
import { createSegment, writeAll } from './segment-files.js';

/** A segment smaller than this is not worth a compaction. */
const MIN_COMPACT_BYTES = 4 << 20;

interface Segment {
  readonly path: string;
  /** Undefined: closed, or a write to it failed, after which nothing of it is trusted. The next write begins another. */
  file: FileHandle | undefined;
  length: number;
}

/** What is to be written, and the segment that it goes to, for the one who writes: the actor `journal`. */
export interface JournalWork {
  /**
   * Called when something waits to be written and nothing did before, and when the first of what waits is one that somebody
   * waits for. `mayWait`: so far nobody waits for any of it. Of several listeners the last one is called.
   */
  onWork(listener: (mayWait?: boolean) => void): () => void;
  /**
   * Writes the next batch of what waits, synced, and answers its waiters. Never rejects: a disk that refuses is
   * the answer, and a state.
   */
  write(): Promise<void>;
  /** More than half of the segment is dead. */
  readonly compactionDue: boolean;
  /** Replaces the segment by one of the live records. @throws Error of the disk; it is due again when there is more to gain */
  compact(): Promise<void>;
  /** Writes all that waits and closes the segment; a later write begins a new one. Never rejects. */
  settle(): Promise<void>;
  state(): JournalState;
}

/** The journal at a moment. */
export interface JournalState {
  /** Puts and removals that are not written yet. */
  readonly waiting: number;
  /** Messages that are on disk and not done with. */
  readonly messages: number;
  /** Length of the segment. */
  readonly bytes: number;
  /** Why the last messages could not be written; undefined since others could. */
  readonly failure: string | undefined;
}

/** What opening found and did, for the log: all zero and empty when the last run ended well. */
export interface JournalReport {
  readonly recovered: number;
  readonly tornBytes: number;
  readonly damagedPlaces: number;
  /** Targets to be made anew from the policy: see `Recovery.doubtful`. */
  readonly doubtful: readonly string[];
  /** More may be lost than `doubtful` names: make everything anew. */
  readonly unnamedLoss: boolean;
  /** Targets whose message was too old. */
  readonly expired: readonly string[];
  /** Segments that were kept for people to look at. */
  readonly aside: readonly string[];
}

/** A directory that is locked and has a fresh segment of its live records. */
export interface OpenedJournal {
  readonly directory: string;
  readonly generation: number;
  readonly maxLiveBytes: number;
  readonly live: LiveRecords;
  readonly segment: Segment;
  readonly recovered: readonly JournalRecord[];
  readonly report: JournalReport;
  readonly unlock: () => void;
}

/**
 * The open journal, which outlives the actor that writes it: queue, live records and segment. Nothing is written
 * unless `write`, `settle` or `close` is called. One step at a time: a step that an actor was killed in
 * goes on, and its successor's first step waits for it.
 */
export class Journal implements OutboxJournal, JournalWork {
  readonly report: JournalReport;
  readonly #directory: string;
  readonly #maxLiveBytes: number;
  readonly #live: LiveRecords;
  readonly #queue = new JournalQueue();
  readonly #unlock: () => void;
  #recovered: readonly JournalRecord[];
  #generation: number;
  #segment: Segment;
  /** After a compaction that failed: the length at which to try again. */
  #compactNotBefore = 0;
  #step: Promise<unknown> = Promise.resolve();
  #listener: (mayWait?: boolean) => void = () => undefined;
  #failure: string | undefined = undefined;
  #closed = false;

  constructor({ directory, generation, maxLiveBytes, live, segment, recovered, report, unlock }: OpenedJournal) {
    this.#directory = directory;
    this.#generation = generation;
    this.#maxLiveBytes = maxLiveBytes;
    this.#live = live;
    this.#segment = { ...segment };
    this.#recovered = recovered;
    this.#unlock = unlock;
    this.report = report;
  }

  get recovered(): readonly JournalRecord[] {
    return this.#recovered;
  }

  /** Length of the segment. */
  get bytes(): number {
    return this.#segment.length;
  }

  state(): JournalState {
    const { length: waiting } = this.#queue;
    return { waiting, messages: this.#live.size, bytes: this.bytes, failure: this.#failure };
  }

  /** Resolves when the record, or a newer one of its target, is on disk. @throws JournalError full, write or closed */
  append(record: JournalRecord): Promise<void> {
    if (this.#closed) return Promise.reject(new JournalError('closed', 'the journal is closed'));
    const isFirst = !this.#queue.hasPuts;
    const written = this.#queue.put(record);
    if (isFirst) this.#listener();
    return written;
  }

  /** Written in time, not synced: at worst the message is sent once more after a crash. */
  remove(target: string, seq: number): void {
    if (this.#closed) return;
    this.#queue.done(target, seq);
    if (this.#queue.length === 1) this.#listener(true);
  }

  onWork(listener: (mayWait?: boolean) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = () => undefined;
    };
  }

  write(): Promise<void> {
    return this.#next(async () => {
      const batch = this.#queue.take();
      if (batch.length === 0) return;
      try {
        const file = this.#segment.file ?? (await this.#replaceSegment());
        await this.#write(batch, file);
      } catch (error) {
        await this.#fail(batch, error);
      }
    });
  }

  get compactionDue(): boolean {
    const { file, length } = this.#segment;
    return file !== undefined && length > Math.max(MIN_COMPACT_BYTES, 2 * this.#live.bytes, this.#compactNotBefore);
  }

  compact(): Promise<void> {
    return this.#next(async () => {
      try {
        await this.#replaceSegment();
      } catch (error) {
        // The segment is as good as it was.
        this.#compactNotBefore = this.#segment.length + MIN_COMPACT_BYTES;
        throw error;
      }
    });
  }

  async settle(): Promise<void> {
    while (this.#queue.length > 0) await this.write();
    await this.#next(() => this.#closeFile());
  }

  /**
   * Drops what was recovered, synced, as others have sent newer messages since.
   * @throws Error of the disk: it is dropped, but for what a start after a crash would find
   */
  async forget(): Promise<void> {
    const forgotten = this.#recovered;
    this.#recovered = [];
    if (forgotten.length === 0) return;
    await this.#next(async () => {
      for (const { target, seq } of forgotten) this.#live.remove(target, seq);
      try {
        await this.#replaceSegment();
      } catch (error) {
        // They are not in the next segment either, and it is the next write's to make that.
        await this.#fail([], error);
        throw error;
      }
    });
  }

  /** Nothing is taken any more; what waits is written, and the directory is free. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.settle();
    this.#unlock();
  }

  #next<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#step.then(step);
    this.#step = done.catch(() => undefined); // for the caller, not for the next step
    return done;
  }

  async #write(batch: readonly JournalJob[], file: FileHandle): Promise<void> {
    const { buffers, puts, refused } = planBatch(batch, this.#live, this.#maxLiveBytes);
    if (buffers.length > 0) {
      const written = await writeAll(file, buffers, this.#segment.length);
      // Before anybody is told: what is promised must survive the power cut that comes next.
      if (puts > 0) await file.datasync();
      this.#segment.length += written;
    }
    if (puts > 0) this.#failure = undefined;
    for (const job of batch) {
      if (job.kind === 'done') this.#live.remove(job.target, job.seq);
      else if (refused.has(job)) {
        this.#failure = `the journal in ${this.#directory} is full (${this.#maxLiveBytes} bytes of live messages)`;
        for (const { reject } of job.waiting) reject(new JournalError('full', this.#failure));
      } else {
        if (job.record !== undefined) this.#live.put(job.record);
        for (const { resolve } of job.waiting) resolve();
      }
    }
  }

  async #fail(batch: readonly JournalJob[], cause: unknown): Promise<void> {
    const reason = `the journal in ${this.#directory} can't be written: ${reasonOf(cause)}`;
    this.#failure = reason;
    await this.#closeFile();
    for (const job of batch) {
      // What is done with is left out of the next segment.
      if (job.kind === 'done') this.#live.remove(job.target, job.seq);
      else for (const { reject } of job.waiting) reject(new JournalError('write', reason, { cause }));
    }
  }

  async #replaceSegment(): Promise<FileHandle> {
    const old = this.#segment;
    const fresh = await createSegment(this.#directory, this.#generation + 1, this.#live.encoded());
    this.#generation++;
    this.#segment = fresh;
    this.#compactNotBefore = 0;
    await old.file?.close();
    await rm(old.path, { force: true });
    return fresh.file;
  }

  async #closeFile(): Promise<void> {
    const { file } = this.#segment;
    this.#segment.file = undefined;
    // What a close can still fail with says nothing that the sync before it has not.
    await file?.close().catch(() => undefined);
  }
}
