/** So many traces go on at once: each slows the actor down that it looks at. */
export const MOST_TRACES = 4;

/** There are as many traces as there may be. */
export class TooManyTraces extends Error {
  override readonly name = 'TooManyTraces';
  constructor() {
    super(`${MOST_TRACES} actors are being traced already; try again when one of the traces is over`);
  }
}

/** Bounds the traces of a server, whoever asked for them. */
export class TraceRoom {
  #open = 0;

  /** Takes a place, and gives what gives it back, once. @throws TooManyTraces */
  enter(): () => void {
    if (this.#open >= MOST_TRACES) throw new TooManyTraces();
    this.#open += 1;
    let inside = true;
    return () => {
      if (inside) this.#open -= 1;
      inside = false;
    };
  }
}
