import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the loop is looked at before it is asked how busy it was, in milliseconds. */
const LOOK_MS = 250;
/** Of that time: less of it is a loop with time to spare. */
const SPARE = 0.5;
/** A start is over for certain after so long, however busy the server is, in milliseconds. */
const MOST_MS = 30_000;

/** How busy the loop was: what Node's `performance.eventLoopUtilization` tells. */
type Utilization = Pick<typeof performance, 'eventLoopUtilization'>;

/**
 * Resolves when a server that is ready is done with what follows its start as well: when its loop had time to spare for a
 * quarter of a second, at the latest after 30 seconds. Never rejects, and keeps no process alive.
 */
export async function startSettled(loop: Utilization = performance): Promise<void> {
  for (let waited = 0; waited < MOST_MS; waited += LOOK_MS) {
    const before = loop.eventLoopUtilization();
    await sleep(LOOK_MS, undefined, { ref: false });
    if (loop.eventLoopUtilization(before).utilization < SPARE) return;
  }
}
