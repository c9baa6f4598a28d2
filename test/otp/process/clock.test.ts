import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { realClock } from '../../../src/otp/index.js';

describe('real clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
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
});
