import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../src/otp/testing/index.js';

describe('virtual clock', () => {
  it('fires timers in due order, ties in the order they were set, and never cleared ones', async () => {
    const timer = fc.record({ ms: fc.integer({ min: 0, max: 50 }), cleared: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(timer, { maxLength: 60 }), async (timers) => {
        const clock = virtualClock();
        const fired: number[] = [];
        timers.forEach(({ ms, cleared }, i) => {
          const handle = clock.setTimer(ms, () => fired.push(i));
          if (cleared) clock.clearTimer(handle);
        });
        const live = timers.map(({ ms, cleared }, i) => ({ ms, cleared, i })).filter(({ cleared }) => !cleared);
        expect(clock.pending).toBe(live.length);
        await clock.advance(100);
        expect(fired).toEqual(live.sort((a, b) => a.ms - b.ms || a.i - b.i).map(({ i }) => i));
        expect([clock.pending, clock.monotonic()]).toEqual([0, 100]);
      }),
    );
  });

  it('honours timers that a firing timer sets, and clearing one that is due in the same instant', async () => {
    const clock = virtualClock();
    const fired: string[] = [];
    const second = { handle: clock.setTimer(10, () => undefined) };
    clock.clearTimer(second.handle);
    clock.setTimer(10, () => {
      fired.push('a');
      clock.clearTimer(second.handle);
      clock.setTimer(5, () => fired.push('c'));
    });
    second.handle = clock.setTimer(10, () => fired.push('b'));
    await clock.advance(15);
    expect(fired).toEqual(['a', 'c']);
  });

  it('lets the wall clock jump without the monotonic clock or the timers noticing', async () => {
    const clock = virtualClock(1000);
    let fired = false;
    clock.setTimer(100, () => (fired = true));
    clock.jump(86_400_000);
    expect([clock.now(), clock.monotonic()]).toEqual([86_401_000, 0]);
    await clock.advance(99);
    expect(fired).toBe(false);
    await clock.advance(1);
    expect(fired).toBe(true);
    clock.jump(-86_400_000);
    expect(clock.now()).toBe(1100);
  });

  it('holds a timer of Infinity for ever', async () => {
    const clock = virtualClock();
    const handle = clock.setTimer(Infinity, () => {
      throw new Error('fired');
    });
    await clock.advance(1e15);
    expect(clock.pending).toBe(1);
    clock.clearTimer(handle);
    expect(clock.pending).toBe(0);
  });
});
