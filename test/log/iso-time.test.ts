import fc from 'fast-check';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isoTime } from '../../src/log/iso-time.js';

it('is what pino writes, whatever was asked for before', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const moments = fc.array(fc.oneof(fc.constantFrom(0, 1, 1_796_000_000_123), fc.nat()), { maxLength: 8 });
  fc.assert(
    fc.property(moments, (all) => {
      for (const moment of all) {
        vi.setSystemTime(moment);
        expect(isoTime()).toBe(pino.stdTimeFunctions.isoTime());
      }
    }),
  );
});
