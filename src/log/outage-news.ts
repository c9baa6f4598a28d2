/** How long until the same cause is logged again, in milliseconds. */
const AGAIN_MS = 10 * 60_000;
/** Most causes of one outage that are told apart. */
const MOST_CAUSES = 20;

/**
 * Decides when an outage that lasts is worth another line in the log: at its first failure, when its cause
 * changes, and every ten minutes. Tries are more frequent than that, and causes may alternate.
 */
export class OutageNews {
  readonly #said = new Map<string, number>();
  readonly #monotonic: () => number;

  /** `monotonic`: milliseconds that never jump. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Whether to say this cause now; it then counts as said. */
  worthSaying(cause: string): boolean {
    const now = this.#monotonic();
    const last = this.#said.get(cause);
    if (last !== undefined && now - last < AGAIN_MS) return false;
    if (last === undefined && this.#said.size >= MOST_CAUSES) this.#said.clear();
    this.#said.set(cause, now);
    return true;
  }

  over(): void {
    this.#said.clear();
  }
}
