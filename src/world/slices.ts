/** How long work goes on before others have their turn. */
const SLICE_MS = 10;
/** Of slices that grow: the shortest, and which part of the time since all of the work was begun. */
const GROWING = { shortestMs: 1, partOfAge: 1 / 20 } as const;

interface Job {
  /** Does one step; true: it is done. */
  readonly step: () => boolean;
}

/**
 * Runs long work that knows where it may pause, one after the other and a slice at a time, so that however much there is
 * to do, sockets, timers and other actors are served in between.
 */
export class Slices {
  readonly #jobs: (Job | undefined)[] = [];
  #next = 0;
  #planned = false;
  /** When there was no work before. */
  #begunAt = 0;
  readonly #growing: boolean;

  /**
   * `growing`: slices are short while the work is young. What is done of it first is soon stored and sent, which takes it
   * many turns of others, while the rest has only begun; later slices are as long as ever, since each turn costs something.
   */
  constructor({ growing = false }: { readonly growing?: boolean } = {}) {
    this.#growing = growing;
  }

  /** Pieces of work that are not done. */
  get size(): number {
    return this.#jobs.length - this.#next;
  }

  /** Resolves with what the work comes to; rejects with what it throws. */
  run<Result>(work: Generator<void, Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#jobs.length === 0) this.#begunAt = performance.now();
      this.#jobs.push({
        step: () => {
          try {
            const made = work.next();
            if (made.done !== true) return false;
            resolve(made.value);
          } catch (error: unknown) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
          return true;
        },
      });
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => this.#slice());
  }

  #sliceMs(): number {
    if (!this.#growing) return SLICE_MS;
    const age = performance.now() - this.#begunAt;
    return Math.min(Math.max(age * GROWING.partOfAge, GROWING.shortestMs), SLICE_MS);
  }

  #slice(): void {
    this.#planned = false;
    const end = performance.now() + this.#sliceMs();
    for (let job = this.#jobs[this.#next]; job !== undefined; job = this.#jobs[this.#next]) {
      if (job.step()) {
        // What is done is let go of at once: what came of it may be large.
        this.#jobs[this.#next] = undefined;
        this.#next += 1;
      }
      if (performance.now() >= end) break;
    }
    // The empty places are cut off now and then, not one by one: thousands may wait.
    if (this.#next === this.#jobs.length || this.#next > 1000) {
      this.#jobs.splice(0, this.#next);
      this.#next = 0;
    }
    if (this.#jobs.length > 0) this.#plan();
  }
}
