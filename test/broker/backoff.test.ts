import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECONNECT, backoffDelayMs } from '../../src/broker/backoff.js';

describe('backoff with full jitter', () => {
  const backoff = { initialMs: 100, maxMs: 2_000 };

  it('doubles its ceiling from attempt to attempt, up to the cap', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 1000].map((attempt) => backoffDelayMs(backoff, attempt, () => 1 - 2 ** -53));
    expect(ceilings).toEqual([99, 199, 399, 799, 1599, 1999, 1999, 1999]);
  });

  it('takes any delay from nothing to the ceiling', () => {
    expect(backoffDelayMs(backoff, 3, () => 0)).toBe(0);
    expect(backoffDelayMs(backoff, 3, () => 0.5)).toBe(200);
  });

  it('is a whole number within the cap, whatever the attempt', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, chance) => {
        const delay = backoffDelayMs(RECONNECT, attempt, () => chance);
        return Number.isInteger(delay) && delay >= 0 && delay < RECONNECT.maxMs;
      }),
    );
  });
});
