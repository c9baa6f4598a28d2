import fc from 'fast-check';
import { expect, it } from 'vitest';
import { finish } from '../../../src/firewall/finish.js';
import { SegmentDigest } from '../../../src/firewall/hash/segment-digest.js';
import type { RenderedSet } from '../../../src/firewall/printer.js';
import { FIELD_PRINTER } from '../../../src/firewall/printers.js';
import { buildSetInSteps, type BuiltSet, type WantedSet } from '../../../src/firewall/sets/build-set.js';

/** So many that what a set was made from is kept, and that its lines fill several blocks. */
const MANY = 1500;

const MANY_OF = {
  v4: Array.from({ length: MANY }, (_, n) => `10.${n % 7}.${(n >> 7) & 255}.${(n * 3) & 255}`),
  v6: Array.from({ length: MANY }, (_, n) => `2001:db8:${n % 5}::${(n * 3).toString(16)}`),
};

/** Addresses that cover, join and repeat others, and junk. */
const ELEMENTS = {
  v4: fc.oneof(
    fc
      .tuple(fc.nat(7), fc.nat(12), fc.nat(255), fc.integer({ min: 8, max: 32 }))
      .map(([b, c, d, n]) => `10.${b}.${c}.${d}/${n}`),
    fc.tuple(fc.nat(7), fc.nat(12), fc.nat(255)).map(([b, c, d]) => `10.${b}.${c}.${d}`),
    fc.constantFrom('0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', 'junk', '9.9.9.9/32'),
  ),
  v6: fc.oneof(
    fc
      .tuple(fc.nat(5), fc.nat(5000), fc.integer({ min: 30, max: 128 }))
      .map(([b, d, n]) => `2001:db8:${b}::${d.toString(16)}/${n}`),
    fc.tuple(fc.nat(5), fc.nat(5000)).map(([b, d]) => `2001:db8:${b}::${d.toString(16)}`),
    fc.constantFrom('::/0', '::/1', '8000::/1', 'junk', '2001:db8::/32'),
  ),
};

type Edit = (list: readonly unknown[]) => readonly unknown[];

/** What people and hosts do to a list: some more, some fewer, some others, at one place or everywhere. */
function edits(element: fc.Arbitrary<string>): fc.Arbitrary<Edit> {
  const some = fc.array(element, { maxLength: 6 });
  const place = fc.nat(MANY + 10);
  return fc.oneof(
    fc.tuple(place, fc.nat(4), some).map(
      ([at, gone, come]): Edit =>
        (list) =>
          list.toSpliced(at, gone, ...come),
    ),
    fc.tuple(fc.integer({ min: 1, max: 900 }), element).map(
      ([every, come]): Edit =>
        (list) =>
          list.map((one, at) => (at % every === 0 ? come : one)),
    ),
    place.map((at): Edit => (list) => [...list.slice(at), ...list.slice(0, at)]),
    fc.constant((list: readonly unknown[]): readonly unknown[] =>
      list.map((one) => (typeof one === 'string' ? `${one}` : one)),
    ),
    fc.constantFrom<Edit>(
      (list) => list.slice(0, 900),
      (list) => [...list, null],
    ),
  );
}

function told({ rendered, problems }: BuiltSet): unknown {
  const bytes = (parts: readonly Buffer[] | undefined) => Buffer.concat(parts ?? []).toString();
  return { problems, addresses: rendered?.addresses, text: bytes(rendered?.text), hashed: bytes(rendered?.hashed) };
}

it.each([
  ['dog2', 'v4', 'sorted'],
  ['dog2', 'v6', 'sorted'],
  ['dog1', 'v4', 'sorted'],
  ['dog1', 'v6', 'given'],
] as const)('a set after any edits is what it would be without a past: %s, %s, %s', (dialect, family, order) => {
  fc.assert(
    fc.property(fc.array(edits(ELEMENTS[family]), { minLength: 1, maxLength: 8 }), (history) => {
      let list: readonly unknown[] = MANY_OF[family];
      let before: RenderedSet | undefined;
      const digests = { text: new SegmentDigest(), saved: new SegmentDigest() };
      for (const edit of [(same: readonly unknown[]) => same, ...history]) {
        list = edit(list);
        const wanted: WantedSet = { base: 'office', kind: 'zone', family, addresses: list, order };
        const edited = finish(buildSetInSteps(wanted, dialect, undefined, FIELD_PRINTER.sets, before));
        const fresh = finish(buildSetInSteps(wanted, dialect));
        expect(told(edited)).toEqual(told(fresh));
        const other = finish(FIELD_PRINTER.sets.render('a', 'zone', family, []));
        const sets = [...(edited.rendered === undefined ? [] : [edited.rendered]), other];
        const { text, sha, hash } = finish(FIELD_PRINTER.sets.assemble(sets, digests));
        expect({ text, sha, hash, segments: undefined }).toEqual({
          ...finish(FIELD_PRINTER.sets.assemble(sets)),
          segments: undefined,
        });
        before = edited.rendered;
      }
    }),
    { numRuns: 40 },
  );
});

it.each([
  ['v4', ['0.0.0.0/1', '128.0.0.0/1'], ['0.0.0.0/1', '128.0.0.0/1']],
  ['v6', ['::/1', '8000::/1'], ['8000::/1', '::/1']],
] as const)('both halves of all addresses at once stay two nets: %s', (family, halves, published) => {
  const made = (addresses: readonly unknown[], before?: RenderedSet): BuiltSet =>
    finish(
      buildSetInSteps(
        { base: 'office', kind: 'zone', family, addresses, order: 'sorted' },
        'dog2',
        undefined,
        FIELD_PRINTER.sets,
        before,
      ),
    );
  // None of them joins with another, so that the list stays long.
  const apart = Array.from({ length: MANY }, (_, n) =>
    family === 'v4' ? `10.${n >> 7}.${n & 127}.0` : `2001:db8:1::${(n * 4).toString(16)}`,
  );
  const before = made(apart).rendered;
  expect(before?.addresses.length).toBe(MANY);
  expect(made([...halves, ...apart], before).rendered?.addresses).toEqual(published);
});
