import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchSilence } from '../../src/broker/amqp/watchdog.js';

describe('the watch for silence', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('speaks within two heartbeats of the last byte, once, and not while bytes come every heartbeat', () => {
    let bytes = 0;
    let silent = 0;
    watchSilence(
      15,
      () => bytes,
      () => silent++,
    );
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(15_000);
      bytes++;
    }
    vi.advanceTimersByTime(20_000);
    expect(silent).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(silent).toBe(1);
    vi.advanceTimersByTime(100_000);
    expect(silent).toBe(1);
  });

  it('is silent itself when stopped', () => {
    let silent = 0;
    const stop = watchSilence(
      1,
      () => 0,
      () => silent++,
    );
    vi.advanceTimersByTime(1_000);
    stop();
    vi.advanceTimersByTime(10_000);
    expect(silent).toBe(0);
  });
});
