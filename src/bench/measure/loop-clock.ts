import { openSync, readSync } from 'node:fs';

/** Its second word: for how long the thread stood in line for a core, in nanoseconds. */
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

function waitedMs(): number {
  if (mainThread === undefined) return 0;
  const length = readSync(mainThread, LINE, 0, LINE.length, 0);
  return Number(LINE.toString('latin1', 0, length).split(' ')[1]) / 1e6;
}

/**
 * A clock for how long a piece of work holds the loop, in milliseconds: the time that passes, less what the thread of the
 * loop stands in line for a core that others have. What it waits for the collector's other threads counts; what they do
 * beside it does not, as it would in processor time, which is of all threads. Where there is no Linux, all time that passes.
 */
export function loopClock(): number {
  return performance.now() - waitedMs();
}
