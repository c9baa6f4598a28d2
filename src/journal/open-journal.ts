import { mkdir, rm } from 'node:fs/promises';
import { lockDirectory } from './directory-lock.js';
import { Journal } from './journal.js';
import { JournalError, reasonOf } from './journal-error.js';
import { LiveRecords } from './live-records.js';
import { recover } from './recover.js';
import { createSegment, listSegments, putAside, removeTemporary } from './segment-files.js';

/** `queuejournal.*`. */
export interface JournalOptions {
  readonly dir: string;
  /** Read what an earlier run left; default true. False: it is put aside, unread. */
  readonly check_journal?: boolean;
  /** Disk space; default 1 GiB. Live messages may take a third, as a compaction has the old segment and the new. */
  readonly maxBytes?: number;
  /** Messages of an earlier run that are older are not sent; default a week. */
  readonly maxAgeMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Opens the journal of a directory, making it if need be. What is live is written to a fresh segment at once, so a torn
 * tail is repaired by the time this resolves; a damaged segment is kept as `damaged-….log`.
 * @throws JournalError locked, or unusable
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, check_journal = true, maxBytes = 1 << 30, maxAgeMs = 7 * 86_400_000, now = Date.now } = options;
  let unlock: (() => void) | undefined;
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    unlock = lockDirectory(dir);
    await removeTemporary(dir);
    const segments = await listSegments(dir);
    const newest = segments.at(-1);
    // An older one is what a compaction was about to delete.
    for (const old of segments.slice(0, -1)) await rm(old.path);
    const aside: string[] = [];
    const found = newest !== undefined && check_journal ? await recover(newest.path) : undefined;
    const tooOld = now() - maxAgeMs;
    const recovered = (found?.live ?? []).filter((record) => record.at >= tooOld);
    const expired = (found?.live ?? []).filter((record) => record.at < tooOld).map((record) => record.target);

    const generation = (newest?.generation ?? 0) + 1;
    const live = new LiveRecords();
    for (const record of recovered) live.put(record);
    const segment = await createSegment(dir, generation, live.encoded());
    if (newest !== undefined) {
      if (found === undefined) aside.push(await putAside(dir, newest, 'unread'));
      else if (found.damage.length > 0) aside.push(await putAside(dir, newest, 'damaged'));
      else await rm(newest.path);
    }
    return new Journal({
      directory: dir,
      generation,
      maxLiveBytes: Math.floor(maxBytes / 3),
      live,
      segment,
      recovered,
      report: {
        recovered: recovered.length,
        tornBytes: found?.tornBytes ?? 0,
        damagedPlaces: found?.damage.length ?? 0,
        doubtful: found?.doubtful ?? [],
        unnamedLoss: found?.unnamedLoss ?? false,
        expired,
        aside,
      },
      unlock,
    });
  } catch (error) {
    unlock?.();
    if (error instanceof JournalError) throw error;
    throw new JournalError('unusable', `the journal in ${dir} can't be opened: ${reasonOf(error)}`, { cause: error });
  }
}
