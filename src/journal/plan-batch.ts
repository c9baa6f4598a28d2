import { encodeDone, encodePut, putBytes } from './journal-format.js';
import type { JournalJob, PutJob } from './journal-queue.js';
import type { LiveRecords } from './live-records.js';

/** What of a batch is written, and which puts are not because there is no room for them. */
export interface BatchPlan {
  readonly buffers: readonly Buffer[];
  /** Of these, how many puts: only they are worth a sync. */
  readonly puts: number;
  readonly refused: ReadonlySet<PutJob>;
}

/** Puts are taken in their order as long as all live records together stay within `maxLiveBytes`. */
export function planBatch(batch: readonly JournalJob[], live: LiveRecords, maxLiveBytes: number): BatchPlan {
  const buffers: Buffer[] = [];
  const refused = new Set<PutJob>();
  /** Targets whose record among the live ones goes, and is not counted in `bytes` any more. */
  const replaced = new Set<string>();
  let bytes = live.bytes;
  let puts = 0;
  for (const job of batch) {
    const { target } = job;
    if (job.kind === 'done') {
      buffers.push(...encodeDone(target, job.seq));
      if (live.bytesUpTo(target, job.seq) === 0 || replaced.has(target)) continue;
      bytes -= live.bytesOf(target);
      replaced.add(target);
    } else if (job.record !== undefined) {
      const more = putBytes(job.record) - (replaced.has(target) ? 0 : live.bytesOf(target));
      if (bytes + more > maxLiveBytes) {
        refused.add(job);
        continue;
      }
      bytes += more;
      replaced.add(target);
      buffers.push(...encodePut(job.record));
      puts++;
    }
  }
  return { buffers, puts, refused };
}
