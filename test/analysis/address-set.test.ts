import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type AddressSet,
  countOf,
  holds,
  intersection,
  isWithin,
  joinNets,
  type Point,
  pointOf,
} from '../../src/analysis/address-set.js';

/** Sets of small numbers as addresses of IPv4: each interval has its end right behind it now and then. */
function sets(least: number, most: number) {
  const net = fc
    .tuple(fc.nat(1600), fc.integer({ min: 1, max: 12 }))
    .map(([from, size]): [Point, Point] => [from, from + size]);
  return fc.array(net, { minLength: least, maxLength: most, size: 'max' }).map((nets) => joinNets('v4', nets));
}

function members(set: AddressSet): readonly number[] {
  return Array.from({ length: 1620 }, (_, at) => at).filter((at) => holds(set, at));
}

it('what two sets have in common is the same however much larger one of them is', () => {
  fc.assert(
    fc.property(sets(0, 2), sets(30, 80), (small, large) => {
      const both = members(small).filter((at) => holds(large, at));
      for (const common of [intersection(small, large), intersection(large, small)]) {
        expect(members(common)).toEqual(both);
        expect(common.bounds).toEqual(
          joinNets(
            'v4',
            both.map((at): [Point, Point] => [at, at + 1]),
          ).bounds,
        );
      }
    }),
    { numRuns: 200 },
  );
});

it('a set is within another just where all of its addresses are, whichever is larger', () => {
  fc.assert(
    fc.property(sets(0, 20), sets(0, 20), sets(30, 80), (one, other, large) => {
      for (const [a, b] of [
        [one, other],
        [one, large],
        [large, one],
        [intersection(one, large), large],
        [intersection(one, other), other],
      ] as const) {
        const inside = new Set(members(b));
        expect(isWithin(a, b)).toBe(members(a).every((at) => inside.has(at)));
      }
    }),
    { numRuns: 300 },
  );
});

it('counts addresses of IPv6 exactly, across every border of a group and to the last of all', () => {
  const point = fc.oneof(
    fc.bigInt({ min: 0n, max: 1n << 128n }),
    fc.tuple(fc.nat(127), fc.integer({ min: -3, max: 3 })).map(([bit, near]) => (1n << BigInt(bit)) + BigInt(near)),
    fc.constantFrom(0n, 1n << 128n, (1n << 128n) - (1n << 48n), (1n << 128n) - 1n),
  );
  fc.assert(
    fc.property(fc.uniqueArray(point, { minLength: 2, maxLength: 12 }), (points) => {
      const even = points.slice(0, points.length & ~1).sort((a, b) => (a < b ? -1 : 1));
      const bounds = even.map((value) => pointOf(value < 0n ? 0n : value, 'v6'));
      const wanted = even.reduce((sum, value, at) => (at % 2 === 0 ? sum - value : sum + value), 0n);
      if (even[0] !== undefined && even[0] >= 0n) expect(countOf({ family: 'v6', bounds })).toBe(wanted);
    }),
    { numRuns: 300 },
  );
});
