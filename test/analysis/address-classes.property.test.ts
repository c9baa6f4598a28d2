import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressClasses } from '../../src/analysis/address-classes.js';
import { type AddressSet, END, holds, joinNets, type Point, pointOf, START } from '../../src/analysis/address-set.js';
import { finish } from '../../src/firewall/finish.js';

const RUNS = process.env['TRIALS'] === 'full' ? 20_000 : 500;

/** Intervals of the first addresses, and in some sets the last ones. */
function setOf(family: 'v4' | 'v6', starts: readonly number[], length: number, last: boolean): AddressSet {
  const point = (at: number): Point => pointOf(BigInt(at), family);
  const nets = starts.map((at) => [point(at), point(at + length)] as const);
  return joinNets(family, last ? [...nets, [point(100_000), END[family]]] : nets);
}

const family = fc.constantFrom('v4' as const, 'v6' as const);
const few = fc.array(fc.nat({ max: 400 }), { maxLength: 3 });
const many = fc.array(fc.nat({ max: 400 }), { minLength: 40, maxLength: 120 });
const lengths = fc.integer({ min: 1, max: 6 });
function shape(starts: fc.Arbitrary<number[]>) {
  return fc.tuple(starts, lengths, fc.boolean());
}
/** Few short sets, and for the most part one that is much longer. */
const shapes = fc
  .tuple(fc.array(shape(few), { maxLength: 4 }), fc.option(shape(many)), fc.nat({ max: 4 }))
  .map(([short, long, at]) => (long === null ? short : [...short.slice(0, at), long, ...short.slice(at)]));

/** Classes as the sets of addresses that are in just the same sets, in the order in which the first address of each comes. */
function plainly(of: 'v4' | 'v6', sets: readonly AddressSet[]) {
  const cuts = [...new Set([START[of], ...sets.flatMap(({ bounds }) => bounds)])]
    .filter((point) => point !== END[of])
    .sort((a, b) => (a < b ? -1 : 1));
  const classes = new Map<string, { readonly places: readonly number[]; readonly nets: [Point, Point][] }>();
  for (const [at, from] of cuts.entries()) {
    const places = [...sets.keys()].filter((place) => holds(sets[place] as AddressSet, from));
    const one = classes.get(places.join()) ?? { places, nets: [] };
    classes.set(places.join(), one);
    one.nets.push([from, cuts[at + 1] ?? END[of]]);
  }
  return [...classes.values()];
}

describe('classes of addresses', () => {
  it(`are those that are in just the same sets, and any of them together (${RUNS} lists of sets)`, () => {
    fc.assert(
      fc.property(family, shapes, fc.array(fc.nat({ max: 9 }), { maxLength: 5 }), (of, drawn, picks) => {
        const all = drawn.map(([starts, length, last]) => setOf(of, starts, length, last));
        const sets = all.filter((set, at) => all.findIndex(({ bounds }) => bounds.join() === set.bounds.join()) === at);
        const plain = plainly(of, sets);
        const classes = finish(addressClasses(of, sets));
        expect(classes.count).toBe(plain.length);
        for (const [at, set] of sets.entries())
          expect(classes.members(set)).toEqual([...plain.keys()].filter((id) => plain[id]?.places.includes(at)));
        for (const [id, { nets }] of plain.entries()) expect(classes.addresses([id])).toEqual(joinNets(of, nets));
        const wanted = [...new Set(picks)].filter((id) => id < plain.length);
        expect(classes.addresses(wanted)).toEqual(
          joinNets(
            of,
            wanted.flatMap((id) => plain[id]?.nets ?? []),
          ),
        );
      }),
      { numRuns: RUNS },
    );
  });
});
