import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addRestart, emptyWindow, restartsInWindow } from '../../../src/otp/supervisor/intensity.js';

const max = fc.integer({ min: 0, max: 8 });
const periodMs = fc.integer({ min: 1, max: 5000 });
const gaps = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 });

describe('restart intensity', () => {
  it('says no exactly when more than max attempts lie within one period', () => {
    fc.assert(
      fc.property(max, periodMs, gaps, (limit, period, waits) => {
        let window = emptyWindow(limit, period);
        const times: number[] = [];
        let now = 0;
        for (const wait of waits) {
          now += wait;
          times.push(now);
          const at = now;
          const result = addRestart(window, at);
          window = result.window;
          // The model: look at the whole history every time.
          const recent = times.filter((time) => at - time <= period).length;
          expect(result.ok).toBe(recent <= limit);
          expect(restartsInWindow(window, at)).toBe(Math.min(recent, limit + 1));
        }
      }),
    );
  });

  it('keeps at most max + 1 stamps and never changes the window it was given', () => {
    fc.assert(
      fc.property(max, periodMs, gaps, (limit, period, waits) => {
        let window = emptyWindow(limit, period);
        let now = 0;
        for (const wait of waits) {
          now += wait;
          const before = [...window.stamps];
          const next = addRestart(window, now).window;
          expect(window.stamps).toEqual(before);
          expect(next.stamps.length).toBeLessThanOrEqual(limit + 1);
          window = next;
        }
      }),
    );
  });
});
