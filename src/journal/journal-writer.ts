import { rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { JournalRecord } from '../broker/outbox-contract.js';
import { JournalError, reasonOf } from './journal-error.js';
import { encodeDone, encodePut, putBytes } from './journal-format.js';
import { LiveRecords } from './live-records.js';
import { createSegment, writeAll } from './segment-files.js';

/** Bodies written and fsynced together, at most; one record may be larger. */
const BATCH_BYTES = 8 << 20;
/** A segment smaller than this is not worth a compaction. */
const MIN_COMPACT_BYTES = 4 << 20;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: JournalError) => void;
}

/** A put to write. When a newer one of the target is queued too, that one is written and answers for both. */
interface PutJob {
  readonly kind: 'put';
  readonly seq: number;
  record: JournalRecord | undefined;
  waiting: Waiting[];
}

interface DoneJob {
  readonly kind: 'done';
  readonly target: string;
  readonly seq: number;
}

/**
 * Appends to the newest segment, many records to one fsync, and replaces the segment by one of the live records when
 * more than half of it is dead. After a failed write nothing of the old file is trusted: the next write begins with such
 * a replacement.
 */
export class JournalWriter {
  readonly #directory: string;
  readonly #maxLiveBytes: number;
  readonly #live: LiveRecords;
  #generation: number;
  #segment: { readonly file: FileHandle; readonly path: string };
  #length: number;
  /** After a compaction that failed: the length at which to try again. */
  #compactNotBefore = 0;
  #jobs: (PutJob | DoneJob)[] = [];
  readonly #queuedPuts = new Map<string, PutJob>();
  #running: Promise<void> | undefined;
  #failed = false;
  #closed = false;

  private constructor(
    directory: string,
    generation: number,
    maxLiveBytes: number,
    live: LiveRecords,
    segment: { readonly file: FileHandle; readonly path: string; readonly length: number },
  ) {
    this.#directory = directory;
    this.#generation = generation;
    this.#maxLiveBytes = maxLiveBytes;
    this.#live = live;
    this.#segment = segment;
    this.#length = segment.length;
  }

  /** Makes a segment with the live records of the last one. */
  static async create(
    directory: string,
    generation: number,
    maxLiveBytes: number,
    records: readonly JournalRecord[],
  ): Promise<JournalWriter> {
    const live = new LiveRecords();
    for (const record of records) live.put(record);
    const segment = await createSegment(directory, generation, live.encoded());
    return new JournalWriter(directory, generation, maxLiveBytes, live, segment);
  }

  /** Length of the segment. */
  get bytes(): number {
    return this.#length;
  }

  /** Resolves when the record, or a newer one of its target, is on disk. @throws JournalError full, write or closed */
  append(record: JournalRecord): Promise<void> {
    if (this.#closed) return Promise.reject(new JournalError('closed', 'the journal is closed'));
    return new Promise((resolve, reject) => {
      const older = this.#queuedPuts.get(record.target);
      const waiting = older?.waiting ?? [];
      if (older !== undefined) {
        older.record = undefined;
        older.waiting = [];
      }
      waiting.push({ resolve, reject });
      const job: PutJob = { kind: 'put', seq: record.seq, record, waiting };
      this.#queuedPuts.set(record.target, job);
      this.#add(job);
    });
  }

  /** Written in time, not fsynced: at worst the message is sent once more after a crash. */
  remove(target: string, seq: number): void {
    if (this.#closed) return;
    const queued = this.#queuedPuts.get(target);
    if (queued !== undefined && queued.seq <= seq) queued.record = undefined;
    this.#add({ kind: 'done', target, seq });
  }

  /** Writes what is queued. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#segment.file.close();
  }

  #add(job: PutJob | DoneJob): void {
    this.#jobs.push(job);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // What is asked for in this turn goes together.
    await Promise.resolve();
    while (this.#jobs.length > 0) {
      const batch = this.#take();
      try {
        if (this.#failed) await this.#compact();
        await this.#write(batch);
      } catch (error) {
        this.#fail(batch, error);
        continue;
      }
      if (this.#length > Math.max(MIN_COMPACT_BYTES, 2 * this.#live.bytes, this.#compactNotBefore)) {
        // The segment is sound: what fails here is tried again when there is more to gain.
        await this.#compact().catch(() => (this.#compactNotBefore = this.#length + MIN_COMPACT_BYTES));
      }
    }
    this.#running = undefined;
  }

  #take(): (PutJob | DoneJob)[] {
    let bytes = 0;
    let count = 0;
    for (const job of this.#jobs) {
      if (count > 0 && bytes > BATCH_BYTES) break;
      count++;
      if (job.kind !== 'put' || job.record === undefined) continue;
      bytes += putBytes(job.record);
      this.#queuedPuts.delete(job.record.target);
    }
    return this.#jobs.splice(0, count);
  }

  async #write(batch: readonly (PutJob | DoneJob)[]): Promise<void> {
    const buffers: Buffer[] = [];
    const refused = new Set<PutJob>();
    /** What will be live, and how much of it is of the targets in this batch. */
    let bytes = this.#live.bytes;
    const sizes = new Map<string, number>();
    const resize = (target: string, size: number): void => {
      bytes += size - (sizes.get(target) ?? this.#live.bytesOf(target));
      sizes.set(target, size);
    };
    let puts = 0;
    for (const job of batch) {
      if (job.kind === 'done') {
        buffers.push(...encodeDone(job.target, job.seq));
        if (this.#live.bytesUpTo(job.target, job.seq) > 0 && !sizes.has(job.target)) resize(job.target, 0);
      } else if (job.record !== undefined) {
        const { target } = job.record;
        const before = sizes.get(target) ?? this.#live.bytesOf(target);
        resize(target, putBytes(job.record));
        if (bytes > this.#maxLiveBytes) {
          resize(target, before);
          refused.add(job);
        } else {
          buffers.push(...encodePut(job.record));
          puts++;
        }
      }
    }
    if (buffers.length > 0) {
      const written = await writeAll(this.#segment.file, buffers, this.#length);
      // Before anybody is told: what is promised must survive the power cut that comes next.
      if (puts > 0) await this.#segment.file.datasync();
      this.#length += written;
    }
    for (const job of batch) {
      if (job.kind === 'done') this.#live.remove(job.target, job.seq);
      else if (refused.has(job)) {
        const reason = `the journal in ${this.#directory} is full (${this.#maxLiveBytes} bytes of live messages)`;
        for (const { reject } of job.waiting) reject(new JournalError('full', reason));
      } else {
        if (job.record !== undefined) this.#live.put(job.record);
        for (const { resolve } of job.waiting) resolve();
      }
    }
  }

  #fail(batch: readonly (PutJob | DoneJob)[], cause: unknown): void {
    this.#failed = true;
    const reason = `the journal in ${this.#directory} can't be written: ${reasonOf(cause)}`;
    for (const job of batch) {
      // What is done with is left out of the next segment.
      if (job.kind === 'done') this.#live.remove(job.target, job.seq);
      else for (const { reject } of job.waiting) reject(new JournalError('write', reason, { cause }));
    }
  }

  async #compact(): Promise<void> {
    const old = this.#segment;
    const fresh = await createSegment(this.#directory, this.#generation + 1, this.#live.encoded());
    this.#generation++;
    this.#segment = fresh;
    this.#length = fresh.length;
    this.#failed = false;
    this.#compactNotBefore = 0;
    await old.file.close();
    await rm(old.path, { force: true });
  }
}
