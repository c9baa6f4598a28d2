import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SmallSet } from '../../../src/otp/process/small-set.js';

it('a small set holds what a set holds, in the same order', () => {
  const items = [{}, {}, {}];
  const step = fc.record({ add: fc.boolean(), item: fc.constantFrom(...items) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const small = new SmallSet<object>();
      const set = new Set<object>();
      for (const { add, item } of steps) {
        for (const each of [small, set]) {
          if (add) each.add(item);
          else each.delete(item);
        }
        expect([...small.values()].map((one) => items.indexOf(one))).toEqual([...set].map((one) => items.indexOf(one)));
        expect(small.size).toBe(set.size);
      }
    }),
  );
});
