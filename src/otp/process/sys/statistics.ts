/** To whole microseconds, which is what the clock knows. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Kinds counted one by one; tags come from code, so more are a mistake. */
const MOST_KINDS = 200;
const OTHERS = '$others';

export interface KindStatistics {
  readonly messages: number;
  /** Milliseconds from the begin to the end of handlers, waiting included. */
  readonly busyMs: number;
  readonly longestMs: number;
}

/** What a process handled since its statistics were switched on. */
export interface Statistics extends KindStatistics {
  /** Epoch milliseconds. */
  readonly since: number;
  /** By kind of message; those after the 200th kind together under `$others`. */
  readonly kinds: Readonly<Record<string, KindStatistics>>;
}

class Sum implements KindStatistics {
  messages = 0;
  busyMs = 0;
  longestMs = 0;

  add(ms: number): void {
    this.messages++;
    this.busyMs += ms;
    if (ms > this.longestMs) this.longestMs = ms;
  }

  copy(): KindStatistics {
    return { messages: this.messages, busyMs: roundMs(this.busyMs), longestMs: roundMs(this.longestMs) };
  }
}

/** Counts for one process. */
export class StatisticsCount {
  readonly #since: number;
  readonly #all = new Sum();
  readonly #kinds = new Map<string, Sum>();

  constructor(since: number) {
    this.#since = since;
  }

  add(kind: string, ms: number): void {
    this.#all.add(ms);
    const known = this.#kinds.has(kind) || this.#kinds.size < MOST_KINDS ? kind : OTHERS;
    let sum = this.#kinds.get(known);
    if (sum === undefined) this.#kinds.set(known, (sum = new Sum()));
    sum.add(ms);
  }

  read(): Statistics {
    const kinds = Object.fromEntries(Array.from(this.#kinds, ([kind, sum]) => [kind, sum.copy()]));
    return { since: this.#since, ...this.#all.copy(), kinds };
  }
}
