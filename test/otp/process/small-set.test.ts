import fc from 'fast-check';
import { expect, it } from 'vitest';
import { itemCount, itemsOf, withItem, withoutItem, type SmallSet } from '../../../src/otp/process/small-set.js';

it('a small set holds what a set holds, in the same order', () => {
  const items = [{}, {}, {}];
  const step = fc.record({ add: fc.boolean(), item: fc.constantFrom(...items) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let small: SmallSet<object> = undefined;
      const set = new Set<object>();
      for (const { add, item } of steps) {
        small = add ? withItem(small, item) : withoutItem(small, item);
        if (add) set.add(item);
        else set.delete(item);
        expect(Array.from(itemsOf(small), (one) => items.indexOf(one))).toEqual(
          Array.from(set, (one) => items.indexOf(one)),
        );
        expect(itemCount(small)).toBe(set.size);
      }
    }),
  );
});
