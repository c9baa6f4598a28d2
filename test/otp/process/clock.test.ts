import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { realClock } from '../../../src/otp/index.js';

describe('real clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('waits out times that are longer than Node’s timers hold', () => {
    const fired = vi.fn();
    const days = 60 * 86_400_000;
    realClock.setTimer(days, fired);
    vi.advanceTimersByTime(days - 1);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('lets an object come due as it calls a function, also after a long wait, and not once it is cleared', () => {
    const due = vi.fn();
    for (const ms of [10, 60 * 86_400_000]) realClock.setTimer(ms, { due });
    realClock.clearTimer(realClock.setTimer(10, { due }));
    vi.advanceTimersByTime(9);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(60 * 86_400_000);
    expect(due).toHaveBeenCalledTimes(2);
  });

  it('can clear a long timer in any of its pieces', () => {
    const fired = vi.fn();
    const timer = realClock.setTimer(60 * 86_400_000, fired);
    vi.advanceTimersByTime(40 * 86_400_000);
    realClock.clearTimer(timer);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('holds no Node timer for Infinity', () => {
    const timer = realClock.setTimer(Infinity, () => undefined);
    expect(vi.getTimerCount()).toBe(0);
    realClock.clearTimer(timer);
  });

  it('has what repeats every so many whole seconds fall on whole seconds, and at first at most half a second early or late', () => {
    for (const [begun, seconds] of [
      [0.2, 1],
      [700.9, 1],
      [1499, 10],
      [86_400_123.4, 3600],
    ] as const) {
      vi.spyOn(performance, 'now').mockReturnValue(begun);
      const wait = realClock.untilNext?.(seconds * 1000) ?? NaN;
      expect((begun + wait) % 1000).toBeCloseTo(0, 3);
      expect(Math.abs(wait - seconds * 1000)).toBeLessThanOrEqual(500);
      // From there on regularly, also where a timer fires a moment late.
      vi.spyOn(performance, 'now').mockReturnValue(begun + wait + 30);
      expect(realClock.untilNext?.(seconds * 1000)).toBeCloseTo(seconds * 1000 - 30, 3);
    }
  });

  it('leaves what repeats at other times as it is', () => {
    vi.spyOn(performance, 'now').mockReturnValue(700);
    for (const ms of [0, 50, 500, 999, 1500, 2500.5, 60 * 86_400_000, Infinity])
      expect(realClock.untilNext?.(ms)).toBe(ms);
  });
});
