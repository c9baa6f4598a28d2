import { describe, expect, it } from 'vitest';
import { LOOK_MS, LoopLag, REST_LOOK_MS } from '../../src/metrics/loop-lag.js';

/** A loop whose time passes only when it is told to. */
function loop() {
  let now = 5000;
  let active = 0;
  let next: { readonly at: number; readonly look: () => void } | undefined;
  let looks = 0;
  const lag = new LoopLag({
    now: () => now,
    active: () => active,
    wake: (ms, look) => (next = { at: now + ms, look }),
  });
  const step = (until: number): void => {
    while (next !== undefined && next.at <= until) {
      const { at, look } = next;
      now = Math.max(now, at);
      looks += 1;
      look();
    }
    now = Math.max(now, until);
  };
  return {
    lag,
    /** Nothing to do for so long. */
    rest: (ms: number) => step(now + ms),
    /** Holds the loop for so long. */
    hold: (ms: number): void => {
      now += ms;
      active += ms;
      step(now);
    },
    looksDuring: (work: () => void): number => {
      const before = looks;
      work();
      return looks - before;
    },
  };
}

describe('the lag of the loop', () => {
  it('is looked at seldom at rest, often while there is work, and tells the same at rest as if it were often', () => {
    const { lag, rest, hold, looksDuring } = loop();
    expect(looksDuring(() => rest(1000))).toBe(1000 / LOOK_MS);
    expect(looksDuring(() => rest(1000))).toBe(1000 / REST_LOOK_MS);
    const { min, max, mean, p99 } = lag.take() ?? expect.fail();
    for (const each of [min, max, mean, p99]) expect(each).toBeCloseTo(0.01, 4);
    hold(30);
    rest(REST_LOOK_MS);
    const busy = (): void => {
      for (let turns = 0; turns < 50; turns += 1) {
        hold(3);
        rest(17);
      }
    };
    expect(looksDuring(busy)).toBeGreaterThanOrEqual(90);
    busy();
    expect(looksDuring(busy)).toBeGreaterThanOrEqual(90);
    rest(1000);
    expect(looksDuring(() => rest(1000))).toBe(1000 / REST_LOOK_MS);
  });

  it('tells of each hold while there is work, at its length and not longer than one look more', () => {
    const { lag, rest, hold } = loop();
    for (let second = 0; second < 10; second += 1) {
      lag.take();
      for (let turns = 0; turns < 9; turns += 1) {
        hold(5);
        rest(95);
      }
      hold(60);
      rest(40);
      const { max } = lag.take() ?? expect.fail();
      expect(max).toBeGreaterThanOrEqual(0.0599);
      expect(max).toBeLessThanOrEqual(0.0701);
    }
  });

  it('misses no hold at rest, and tells it no longer than all work of that time', () => {
    const { lag, rest, hold } = loop();
    rest(5000);
    for (const before of [0, 100, 300]) {
      lag.take();
      rest(before);
      hold(80);
      hold(7);
      rest(5000);
      const { max } = lag.take() ?? expect.fail();
      expect(max).toBeGreaterThanOrEqual(0.0799);
      expect(max).toBeLessThanOrEqual(0.0971);
    }
  });

  it('tells nothing before the first look, and nothing twice', () => {
    const { lag, rest } = loop();
    expect(lag.take()).toBeUndefined();
    rest(LOOK_MS);
    expect(lag.take()).toMatchObject({ stddev: 0 });
    expect(lag.take()).toBeUndefined();
  });
});
