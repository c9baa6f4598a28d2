import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type AddressSet,
  holds,
  intersection,
  intersects,
  isWithin,
  joinNets,
  numberOf,
  pointBefore,
  pointOf,
  sameAddresses,
  union,
  without,
} from '../../src/analysis/address-set.js';
import {
  addressSetInSteps,
  intersectionInSteps,
  unionOfAll,
  withoutInSteps,
} from '../../src/analysis/address-steps.js';
import { finish } from '../../src/firewall/finish.js';

/** Few addresses, so that sets meet, touch and hold one another. */
const sets = fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 4 })), { maxLength: 4 }).map((nets): AddressSet =>
  joinNets(
    'v4',
    nets.map(([from, size]) => [from, from + size]),
  ),
);

it('sets meet, hold one another and are joined just as their addresses say', () => {
  fc.assert(
    fc.property(fc.array(sets, { minLength: 2, maxLength: 6 }), (some) => {
      const [a, b] = some as [AddressSet, AddressSet];
      expect(intersects(a, b)).toBe(intersection(a, b).bounds.length > 0);
      expect(isWithin(a, b)).toBe(without(a, b).bounds.length === 0);
      const all = finish(unionOfAll('v4', some));
      expect(sameAddresses(all, some.reduce(union))).toBe(true);
      for (let point = 0; point < 18; point += 1) expect(holds(all, point)).toBe(some.some((set) => holds(set, point)));
    }),
    { numRuns: 2000 },
  );
});

it('sets that are walked over in parts come to the same as whole ones', () => {
  fc.assert(
    fc.property(sets, sets, fc.constantFrom(2, 4), (a, b, walk) => {
      expect(finish(intersectionInSteps(a, b, walk))).toEqual(intersection(a, b));
      expect(finish(withoutInSteps(a, b, walk))).toEqual(without(a, b));
    }),
    { numRuns: 2000 },
  );
});

it('the point before another one is one less', () => {
  const whole = fc.bigInt({ min: 0n, max: (1n << 112n) - 1n });
  const last = fc.constantFrom(0n, 1n, 0x7fffn, 0xffffn);
  fc.assert(
    fc.property(whole, last, (high, low) => {
      const value = (high << 16n) | low;
      const small = value & 0xffff_ffffn;
      if (value > 0n) expect(numberOf(pointBefore(pointOf(value, 'v6'), 'v6'))).toBe(value - 1n);
      if (small > 0n) expect(numberOf(pointBefore(pointOf(small, 'v4'), 'v4'))).toBe(small - 1n);
    }),
  );
  expect(numberOf(pointBefore(pointOf(1n << 128n, 'v6'), 'v6'))).toBe((1n << 128n) - 1n);
  expect(numberOf(pointBefore(2 ** 32, 'v4'))).toBe(2n ** 32n - 1n);
});

it('a long list is read in steps to the same set', () => {
  const list = Array.from({ length: 5000 }, (_, n) => `10.${n % 7}.${(n * 31) % 256}.${n % 256}`);
  const steps = addressSetInSteps('v4', list);
  let pauses = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) pauses += 1;
  expect(pauses).toBeGreaterThan(1);
  for (const text of list) {
    const point = text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    expect(holds(step.value, point)).toBe(true);
  }
  expect(holds(step.value, 10 * 2 ** 24 + 7 * 65_536)).toBe(false);
});
