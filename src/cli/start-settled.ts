import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the loop is looked at before it is asked how busy it was, in milliseconds. */
const LOOK_MS = 250;
/** Of that time: less of it is a loop with time to spare. */
const SPARE = 0.5;
/** After so many looks, 30 seconds, a start is over however busy the server is. */
const MOST_LOOKS = 120;

/**
 * Resolves when a server that is ready is done with what follows its start as well: when its loop had time to spare for a
 * quarter of a second, at the latest after 30 seconds. Keeps no process alive.
 * @param look waits for a quarter of a second; what part of it the loop was busy, 0 to 1
 */
export async function startSettled(look: () => Promise<number> = lookAtLoop): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) if ((await look()) < SPARE) return;
}

async function lookAtLoop(): Promise<number> {
  const before = performance.eventLoopUtilization();
  await sleep(LOOK_MS, undefined, { ref: false });
  return performance.eventLoopUtilization(before).utilization;
}
