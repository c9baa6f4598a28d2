import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AddressSet, holds, intersection, joinNets, type Point } from '../../src/analysis/address-set.js';

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
