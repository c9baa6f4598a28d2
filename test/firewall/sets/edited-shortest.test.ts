import fc from 'fast-check';
import { expect, it } from 'vitest';
import { collapseSorted4, collapseSorted6 } from '../../../src/firewall/addresses/collapse.js';
import { ALL_4, covers4, join4, parseNet4 } from '../../../src/firewall/addresses/ipv4.js';
import { ALL_6, covers6, join6, parseNet6 } from '../../../src/firewall/addresses/ipv6.js';
import { finish } from '../../../src/firewall/finish.js';
import { editedShortest, type Shortening, staysShortest } from '../../../src/firewall/sets/edited-shortest.js';
import { changedSorted } from '../../../src/firewall/sets/list-change.js';

const V4: Shortening<number> = {
  shorten: collapseSorted4,
  covers: covers4,
  join: (one, other) => (join4(one, other) < 0 ? undefined : join4(one, other)),
  all: ALL_4,
};
const V6: Shortening<string> = { shorten: collapseSorted6, covers: covers6, join: join6, all: ALL_6 };

/** So many, none of which join, that a list is long; on both sides of where edits are. */
const FAR = Array.from({ length: 1200 }, (_, n) => n * 4);
const FAR_4 = FAR.map((n) => parseNet4(`${n % 2 === 0 ? 9 : 11}.0.${n >> 8}.${n & 255}`));
const FAR_6 = FAR.map((n) => parseNet6(`2001:db${n % 8 === 0 ? 7 : 9}::${n.toString(16)}`) as string);

/** Nets that cover, join and repeat each other, and now and then most of the rest. */
const near = fc.oneof(
  fc.tuple(fc.nat(31), fc.integer({ min: 27, max: 32 })),
  fc.constantFrom([0, 7] as const, [0, 8] as const, [0, 0] as const),
);
const near4 = near.map(([host, length]) => parseNet4(`10.0.0.${host}/${length}`));
const near6 = near.map(
  ([host, length]) => parseNet6(`2001:db8::${host.toString(16)}/${length && length + 96}`) as string,
);

function holds<Net extends number | string>(of: Shortening<Net>, far: readonly Net[], net: fc.Arbitrary<Net>): void {
  const step = fc.record({ gone: fc.array(fc.nat(), { maxLength: 3 }), come: fc.array(net, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (history) => {
      let nets: readonly Net[] = [...far].sort((a, b) => (a < b ? -1 : 1));
      let shortest: readonly Net[] = finish(of.shorten(nets));
      const there: Net[] = [];
      for (const { gone, come } of history) {
        const removed = gone.flatMap((at) => (there.length === 0 ? [] : there.splice(at % there.length, 1)));
        there.push(...come);
        const wasShortest = nets.length === shortest.length;
        nets = changedSorted(nets, { removed, added: come });
        shortest = finish(editedShortest(of, shortest, nets, [...removed, ...come]));
        const fresh = finish(of.shorten(nets));
        expect(shortest).toEqual(fresh);
        if (wasShortest) expect(staysShortest(of, nets, come)).toBe(fresh.length === nets.length && nets[0] !== of.all);
      }
    }),
    { numRuns: 150 },
  );
}

it('nets that came and went leave the fewest that there are: IPv4', () => holds(V4, FAR_4, near4));
it('nets that came and went leave the fewest that there are: IPv6', () => holds(V6, FAR_6, near6));
