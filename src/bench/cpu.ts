import { setImmediate as turn } from 'node:timers/promises';
import { loopClock } from './measure/loop-clock.js';

/** Processor time of this process since then, all threads, in milliseconds: other processes take none of it. */
export function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** In milliseconds. */
export interface Watched {
  /** Processor time. */
  readonly took: number;
  /** The longest time (`loopClock`) between two turns of the loop, in which nothing else had one. */
  readonly hold: number;
}

/** What a piece of work takes, and for how long it holds the loop. */
export async function watched(work: () => Promise<unknown>): Promise<Watched> {
  const start = process.cpuUsage();
  const state = { done: false };
  const working = work().finally(() => {
    state.done = true;
  });
  let hold = 0;
  while (!state.done) {
    const since = loopClock();
    await turn();
    hold = Math.max(hold, loopClock() - since);
  }
  await working;
  return { took: cpuMs(start), hold };
}

/** Runs work that is done in steps to its end; `hold` is the longest step. */
export function stepped<Result>(work: Generator<unknown, Result>): Watched & { readonly result: Result } {
  const start = process.cpuUsage();
  let hold = 0;
  for (;;) {
    const began = loopClock();
    const step = work.next();
    hold = Math.max(hold, loopClock() - began);
    if (step.done === true) return { took: cpuMs(start), hold, result: step.value };
  }
}
