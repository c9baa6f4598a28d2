/** Delays between attempts, in milliseconds. */
export interface Backoff {
  /** The longest possible first delay. */
  readonly initialMs: number;
  /** No delay is longer. */
  readonly maxMs: number;
}

/** For the connection to the broker: from at most half a second to at most half a minute. */
export const RECONNECT: Backoff = { initialMs: 500, maxMs: 30_000 };

/**
 * The delay before attempt `attempt` (the first retry is 1): a uniform choice between 0 and `initialMs * 2^(attempt-1)`,
 * capped ("full jitter"), so that a fleet of servers does not return to a broker in step.
 * @param random in [0, 1)
 */
export function backoffDelayMs(backoff: Backoff, attempt: number, random: () => number): number {
  // 2^31 and more would be past any cap; the exponent is bounded so that the product stays finite.
  const exponent = Math.min(Math.max(attempt, 1) - 1, 31);
  return Math.floor(random() * Math.min(backoff.maxMs, backoff.initialMs * 2 ** exponent));
}
