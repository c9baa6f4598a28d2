import type { Clock } from '../otp/index.js';

/** Both clocks of a machine at one moment, in milliseconds; `wall` is epoch time. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export function momentOf(clock: Pick<Clock, 'now' | 'monotonic'>): Moment {
  return { monotonic: clock.monotonic(), wall: clock.now() };
}

/**
 * How many milliseconds have passed, by the clock that saw more: the monotonic one stands still while a machine is
 * suspended (clock_gettime(2), CLOCK_MONOTONIC), the wall clock may be set back. Too long is the safe mistake.
 */
export function elapsedMs(from: Moment, to: Moment): number {
  return Math.max(0, to.monotonic - from.monotonic, to.wall - from.wall);
}

/**
 * How long its holder may still go by a lease, in milliseconds; 0 or less: it is over. `asked`: a moment before the store
 * was asked for its time, so that the holder's own end always comes before the one in the store.
 */
export function leftMs(asked: Moment, leaseMs: number, now: Moment): number {
  return leaseMs - elapsedMs(asked, now);
}
