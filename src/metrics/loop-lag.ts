import { createHistogram, performance } from 'node:perf_hooks';

/** How long the loop took from one look to the next, seconds: at best 0.01. */
export interface LagFigures {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** What is looked at; others than the machine's are for tests. */
export interface LoopLagParts {
  /** Milliseconds that never jump. */
  readonly now: () => number;
  /** How long the loop had something to do since the process began, milliseconds. */
  readonly active: () => number;
  /** Calls `look` once after `ms`; does not keep the process alive. */
  readonly wake: (ms: number, look: () => void) => void;
}

/** While there is work it looks as often as this; what it tells is as if it always did. */
export const LOOK_MS = 10;
/** At rest. A look costs what waking the process costs, and a hundred in a second are most of what a server at rest does. */
export const REST_LOOK_MS = 1000;
/** So much work between two looks at rest begins the frequent ones; time counts that others had the processor, too. */
const WORK_MS = 20;
/** A smaller share of so long a time ends them. */
const [REST_SHARE, BUSY_MS] = [0.05, 1000];

const NANOSECONDS = { ofMs: 1e6, ofSecond: 1e9 } as const;

const MACHINE: LoopLagParts = {
  now: () => performance.now(),
  active: () => performance.eventLoopUtilization().active,
  wake: (ms, look) => void setTimeout(look, ms).unref(),
};

/** How late the event loop comes to what is due, looked at all the time (docs/metrics.md#the-process). */
export class LoopLag {
  readonly #parts: LoopLagParts;
  readonly #histogram = createHistogram();
  #everyMs = LOOK_MS;
  #lookedAt: number;
  /** The stretch of time whose share of work is looked at: since when, and how much the loop had done by then. */
  #since: { readonly at: number; readonly active: number };

  constructor(parts: LoopLagParts = MACHINE) {
    this.#parts = parts;
    this.#lookedAt = parts.now();
    this.#since = { at: this.#lookedAt, active: parts.active() };
    this.#wait();
  }

  /** What was seen since it was last asked; undefined: nothing yet. */
  take(): LagFigures | undefined {
    const seen = this.#histogram;
    if (seen.count === 0) return undefined;
    const seconds = (nanoseconds: number): number => nanoseconds / NANOSECONDS.ofSecond;
    const figures = {
      min: seconds(seen.min),
      max: seconds(seen.max),
      mean: seconds(seen.mean),
      stddev: seconds(seen.stddev),
      p50: seconds(seen.percentile(50)),
      p90: seconds(seen.percentile(90)),
      p99: seconds(seen.percentile(99)),
    };
    seen.reset();
    return figures;
  }

  #wait(): void {
    this.#parts.wake(this.#everyMs, () => {
      this.#look(this.#parts.now());
      this.#wait();
    });
  }

  #look(now: number): void {
    const late = Math.max(0, now - this.#lookedAt - this.#everyMs, this.#workAtRest());
    // One look at rest stands for those that would have been made meanwhile, and found nothing.
    for (let left = this.#everyMs; left > LOOK_MS; left -= LOOK_MS) this.#record(LOOK_MS);
    this.#record(LOOK_MS + late);
    this.#lookedAt = now;
    const past = now - this.#since.at;
    if (this.#everyMs === LOOK_MS && past < BUSY_MS) return;
    const active = this.#parts.active();
    const enough = this.#everyMs === LOOK_MS ? past * REST_SHARE : WORK_MS;
    this.#everyMs = active - this.#since.active > enough ? LOOK_MS : REST_LOOK_MS;
    this.#since = { at: now, active };
  }

  /** What was done since the last look at rest may have been one hold, which was over before this look was due. */
  #workAtRest(): number {
    if (this.#everyMs === LOOK_MS) return 0;
    const work = this.#parts.active() - this.#since.active;
    return work > WORK_MS ? work : 0;
  }

  #record(ms: number): void {
    this.#histogram.record(Math.round(ms * NANOSECONDS.ofMs));
  }
}
