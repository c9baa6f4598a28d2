import { openSync, readSync } from 'node:fs';

/** Asking Linux takes longer than most steps: it is asked no more often than this before a step, in milliseconds. */
const ASKED_EVERY = 2;

const LINE = Buffer.alloc(128);

/** The main thread as Linux tells of it; undefined: another system. */
function openMainThread(): number | undefined {
  try {
    return openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  } catch {
    return undefined;
  }
}

const mainThread = openMainThread();

/** For how long the main thread has stood in line for a core: the second word, in nanoseconds. */
function waitedMs(): number {
  if (mainThread === undefined) return 0;
  const length = readSync(mainThread, LINE, 0, LINE.length, 0);
  return Number(LINE.toString('latin1', 0, length).split(' ')[1]) / 1e6;
}

/**
 * For how long pieces of work hold the loop: the time that passes, less what the thread of the loop stands in line for a core
 * that others have (too little by at most what it stood in line in the 2 ms before). What it waits for the collector's other
 * threads counts; what they do beside it does not, as it would in processor time, which is of all threads. Where there is no
 * Linux, all time that passes.
 */
export class LongestHold {
  #longest = 0;
  #began = 0;
  #askedAt = -Infinity;
  #waited = 0;

  /** Of the longest so far, in milliseconds. */
  get ms(): number {
    return this.#longest;
  }

  begin(): void {
    if (performance.now() - this.#askedAt > ASKED_EVERY) this.#ask();
    this.#began = performance.now();
  }

  end(): void {
    const passed = performance.now() - this.#began;
    if (passed <= this.#longest) return;
    const before = this.#waited;
    this.#ask();
    this.#longest = Math.max(this.#longest, passed - (this.#waited - before));
  }

  #ask(): void {
    this.#waited = waitedMs();
    this.#askedAt = performance.now();
  }
}
