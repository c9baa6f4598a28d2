/** Time as an agent sees it; tests bring their own. */
export interface SimClock {
  now(): Date;
  /** Calls `run` once, after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

/** This machine's time. */
export const SYSTEM_CLOCK: SimClock = {
  now: () => new Date(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
