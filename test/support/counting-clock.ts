import { comeDue, realClock, type Clock, type TimerHandle } from '../../src/otp/index.js';

/** The real clock, counting its timers, whose monotonic time can be moved on: restart budgets are whole again then. */
export interface CountingClock extends Clock {
  /** Timers that are set. */
  readonly pending: number;
  /** Moves the monotonic clock on; no timer fires earlier for it. */
  skip(ms: number): void;
}

export function countingClock(): CountingClock {
  const timers = new Set<object>();
  let skipped = 0;
  return {
    get pending() {
      return timers.size;
    },
    skip: (ms) => void (skipped += ms),
    now: () => realClock.now(),
    monotonic: () => realClock.monotonic() + skipped,
    setTimer(ms, fire) {
      const handle: { timer?: TimerHandle } = {};
      timers.add(handle);
      handle.timer = realClock.setTimer(ms, () => {
        timers.delete(handle);
        comeDue(fire);
      });
      return handle;
    },
    clearTimer(handle) {
      timers.delete(handle);
      const { timer } = handle as { timer?: TimerHandle };
      if (timer !== undefined) realClock.clearTimer(timer);
    },
  };
}
