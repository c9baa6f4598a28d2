import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/otp/index.js';

describe('back-off', () => {
  it('doubles up to the maximum', () => {
    const waits = [1, 2, 3, 4, 5, 2000].map((failures) => backoffMs({ baseMs: 100, maxMs: 1000 }, failures, 0));
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('jitter takes away at most a half, whatever the failures', () => {
    const random = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), random, (failures, luck) => {
        const full = backoffMs({ baseMs: 10, maxMs: 60_000 }, failures, 0);
        const wait = backoffMs({ baseMs: 10, maxMs: 60_000 }, failures, luck);
        expect(wait).toBeGreaterThanOrEqual(full / 2);
        expect(wait).toBeLessThanOrEqual(full);
      }),
    );
  });
});
