import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affected, verdict } from '../../../src/otp/supervisor/strategy.js';
import type { Strategy } from '../../../src/otp/supervisor/strategy.js';

const children = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 });
const strategy = fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one');
const cases = fc.tuple(strategy, children, fc.nat()).map(([how, ids, n]) => {
  const at = n % ids.length;
  return { how, ids, at, failed: ids[at] as string };
});

describe('affected', () => {
  it('starts in list order what it stopped in reverse, and the failed one', () => {
    fc.assert(
      fc.property(cases, ({ how, ids, failed }) => {
        const { stop, start } = affected(how, ids, failed);
        expect(stop).not.toContain(failed);
        expect(start).toContain(failed);
        expect([...stop].reverse()).toEqual(start.filter((id) => id !== failed));
        expect(start).toEqual(ids.filter((id) => start.includes(id)));
      }),
    );
  });

  it('takes along nobody, all, or those after it', () => {
    fc.assert(
      fc.property(cases, ({ how, ids, at, failed }) => {
        const { start } = affected(how, ids, failed);
        const expected = {
          one_for_one: [failed],
          simple_one_for_one: [failed],
          one_for_all: ids,
          rest_for_one: ids.slice(at),
        };
        expect(start).toEqual(expected[how]);
      }),
    );
  });

  it('affects nobody when the failed one is unknown', () => {
    expect(affected('one_for_all', ['a', 'b'], 'c')).toEqual({ stop: [], start: [] });
  });
});

describe('verdict', () => {
  it('is the table of the fifteen cells', () => {
    const reasons = ['normal', 'shutdown', { shutdown: 1 }, { error: new Error('x') }, 'killed'] as const;
    const row = (restart: 'permanent' | 'transient' | 'temporary') => reasons.map((reason) => verdict(restart, reason));
    expect(row('permanent')).toEqual(Array(5).fill('restart'));
    expect(row('transient')).toEqual(['keep_undefined', 'keep_undefined', 'keep_undefined', 'restart', 'restart']);
    expect(row('temporary')).toEqual(Array(5).fill('forget'));
  });
});
