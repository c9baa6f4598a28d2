import { Fifo } from '../otp/index.js';

/** Lets so many through at a time; the others wait in the order in which they came. */
export class Turnstile {
  readonly #most: number;
  readonly #waiting = new Fifo<() => void>();
  #inside = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#inside >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#inside += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, so that no newcomer slips in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}
