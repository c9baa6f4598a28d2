/** How long to wait after failures that follow each other. */
export interface Backoff {
  /** Wait after the first failure, milliseconds. */
  readonly baseMs: number;
  /** Longest wait, milliseconds. */
  readonly maxMs: number;
}

/**
 * Wait in milliseconds after the `failures`-th failure in a row (1, 2, …): doubling from `baseMs` up to `maxMs`, of which
 * `random` (0 to 1) takes away up to a half, so that many that failed together don't come back together.
 */
export function backoffMs({ baseMs, maxMs }: Backoff, failures: number, random: number): number {
  // 2^1023 is the last double; more doublings than that have long hit any maximum.
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(failures, 1) - 1, 1000));
  return full * (1 - random / 2);
}
