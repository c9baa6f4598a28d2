/** Times of the newest messages that are kept. */
const KEPT = 1000;

/** How long confirms took: all since the start, the times of the last 1,000. null: there was none yet. */
export interface ConfirmFigures {
  readonly count: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly max_ms: number | null;
}

/** How long the broker takes from a message until its confirm; bounded, and worked out only when somebody asks. */
export class ConfirmTimes {
  readonly #times: number[] = [];
  #count = 0;

  /** `ms`: by a clock that never goes back. */
  add(ms: number): void {
    this.#times[this.#count % KEPT] = ms;
    this.#count += 1;
  }

  figures(): ConfirmFigures {
    const sorted = Float64Array.from(this.#times).sort();
    const at = (share: number): number | null => {
      const ms = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
      return ms === undefined ? null : Math.round(ms * 1000) / 1000;
    };
    return { count: this.#count, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) };
  }
}
