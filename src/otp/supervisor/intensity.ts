/** Restart attempts of a supervisor that still count. Immutable. */
export interface RestartWindow {
  /** Restarts allowed within the period. */
  readonly max: number;
  readonly periodMs: number;
  /** Monotonic milliseconds, oldest first; never more than `max + 1`. */
  readonly stamps: readonly number[];
}

export function emptyWindow(max: number, periodMs: number): RestartWindow {
  return { max, periodMs, stamps: [] };
}

/**
 * Counts one restart attempt at `nowMs`. Not `ok`: it was one more than `max` within the period, so the supervisor must
 * give up (https://www.erlang.org/doc/system/sup_princ.html#maximum-restart-intensity). A stamp exactly one period old
 * still counts. OTP counts in whole seconds (its window is period to period + 1 s long); this one in milliseconds.
 */
export function addRestart(window: RestartWindow, nowMs: number): { ok: boolean; window: RestartWindow } {
  const { max, periodMs, stamps } = window;
  let first = 0;
  while (first < stamps.length && nowMs - (stamps[first] as number) > periodMs) first++;
  const kept = stamps.slice(Math.max(first, stamps.length - max));
  kept.push(nowMs);
  return { ok: stamps.length - first + 1 <= max, window: { max, periodMs, stamps: kept } };
}

/** Restart attempts within the period that ends at `nowMs`. */
export function restartsInWindow(window: RestartWindow, nowMs: number): number {
  return window.stamps.filter((stamp) => nowMs - stamp <= window.periodMs).length;
}
