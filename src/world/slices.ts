/** How long work goes on before others have their turn. */
const SLICE_MS = 10;

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

  /** Resolves with what the work comes to; rejects with what it throws. */
  run<Result>(work: Generator<void, Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
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

  #slice(): void {
    this.#planned = false;
    const end = performance.now() + SLICE_MS;
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
