import { setImmediate as turn } from 'node:timers/promises';

/** Processor time of this process since then, all threads, in milliseconds: other processes take none of it. */
export function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** In milliseconds. */
export interface Watched {
  /** Processor time, all threads. */
  readonly took: number;
  /** The longest time between two turns of the loop, in which nothing else had one. */
  readonly hold: number;
}

/** Asking for processor time takes longer than most steps: it is asked no more often than this, in milliseconds. */
const ASKED_EVERY = 2;

/**
 * The longest hold of the loop. Of each the lesser counts of the time that passed and the processor time that this process
 * took meanwhile: the first alone has what other processes take of a busy machine in it, the second what threads of the
 * collector and the compiler do beside the loop.
 */
class LongestHold {
  #longest = 0;
  #began = 0;
  #askedAt = -Infinity;
  #asked = process.cpuUsage();

  get ms(): number {
    return this.#longest;
  }

  begin(): void {
    this.#began = performance.now();
    if (this.#began - this.#askedAt > ASKED_EVERY) this.#ask();
  }

  end(): void {
    const passed = performance.now() - this.#began;
    if (passed <= this.#longest) return;
    this.#longest = Math.max(this.#longest, Math.min(passed, cpuMs(this.#asked)));
    this.#ask();
  }

  #ask(): void {
    this.#askedAt = performance.now();
    this.#asked = process.cpuUsage();
  }
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
