import { setImmediate as turn } from 'node:timers/promises';
import { LongestHold } from './measure/longest-hold.js';

/** Processor time of this process since then, all threads, in milliseconds: other processes take none of it. */
export function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** In milliseconds. */
export interface Watched {
  /** Processor time. */
  readonly took: number;
  /** The longest time (`LongestHold`) between two turns of the loop, in which nothing else had one. */
  readonly hold: number;
}

/** What a piece of work takes, and for how long it holds the loop. */
export async function watched(work: () => Promise<unknown>): Promise<Watched> {
  const start = process.cpuUsage();
  const state = { done: false };
  const longest = new LongestHold();
  longest.begin();
  const working = work().finally(() => {
    state.done = true;
  });
  longest.end();
  while (!state.done) {
    longest.begin();
    await turn();
    longest.end();
  }
  await working;
  return { took: cpuMs(start), hold: longest.ms };
}

/** Runs work that is done in steps to its end; `hold` is the longest step. */
export function stepped<Result>(work: Generator<unknown, Result>): Watched & { readonly result: Result } {
  const start = process.cpuUsage();
  const longest = new LongestHold();
  for (;;) {
    longest.begin();
    const step = work.next();
    longest.end();
    if (step.done === true) return { took: cpuMs(start), hold: longest.ms, result: step.value };
  }
}
