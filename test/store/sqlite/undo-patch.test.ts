import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Document, Json } from '../../../src/model/document.js';
import { ownedCopy } from '../../../src/store/owned-json.js';
import { sameJson } from '../../../src/model/same-json.js';
import { parseUndoPatch, undo, undoPatch } from '../../../src/store/sqlite/undo-patch.js';

const aKey = fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString'), fc.string());
const aDocument = fc
  .array(fc.tuple(aKey, fc.jsonValue({ maxDepth: 2 })), { maxLength: 8 })
  .map((entries) => ownedCopy(Object.fromEntries([...entries, ['id', 'x']]) as Document));

it('leads from any document back to any other, through its JSON text', () => {
  fc.assert(
    fc.property(aDocument, aDocument, (before, after) => {
      const patch = parseUndoPatch(JSON.stringify(undoPatch(before, after)));
      expect(sameJson(undo(after, patch), before)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it('leads back to any long list from any other, and holds little where most of it stayed', () => {
  const list = Array.from({ length: 300 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
  const edit = fc.tuple(
    fc.nat(310),
    fc.nat(200),
    fc.array(fc.oneof(fc.constantFrom(...list), fc.jsonValue({ maxDepth: 1 })), { maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 3 }), fc.array(edit, { maxLength: 3 }), (one, other) => {
      const edited = (edits: typeof one): Document =>
        ownedCopy({
          id: 'z',
          list: edits.reduce<Json[]>((all, [at, gone, come]) => all.toSpliced(at, gone, ...(come as Json[])), list),
        });
      const [before, after] = [edited(one), edited(other)];
      const patch = parseUndoPatch(JSON.stringify(undoPatch(before, after)));
      expect(sameJson(undo(after, patch), before)).toBe(true);
    }),
    { numRuns: 500 },
  );
  const before = { id: 'z', list };
  const after = { id: 'z', list: list.toSpliced(100, 0, '192.0.2.1') };
  expect(undoPatch(before, after)).toEqual({ set: [], unset: [], lists: [['list', 100, 200, []]] });
  expect(undoPatch(after, before)).toEqual({ set: [], unset: [], lists: [['list', 100, 200, ['192.0.2.1']]] });
});

it('holds only what differs', () => {
  const before = { id: 'h', name: 'n', list: [1, 2], seen: 1, gone: true };
  const after = { id: 'h', name: 'n', list: [1, 2], seen: 2, added: null };
  expect(undoPatch(before, after)).toEqual({ set: [['seen', 1], ['gone', true]], unset: ['added'] }); // prettier-ignore
});

it('is told from a document with the same keys in another order by nothing', () => {
  const a: Json = { x: { p: 1, q: [{ r: 2, s: 3 }] }, y: 0 };
  const b: Json = { y: 0, x: { q: [{ s: 3, r: 2 }], p: 1 } };
  expect(sameJson(a, b)).toBe(true);
  expect(sameJson(a, { ...b, y: '0' })).toBe(false);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
  expect(sameJson([], {})).toBe(false);
  expect(sameJson({ a: null }, { b: null })).toBe(false);
  expect(sameJson([null], [])).toBe(false);
});

it('leads back to any rules from any others, and holds little where most of them stayed', () => {
  const rule = (place: number): Json => ({ order: place, action: 'ACCEPT', service: `s${place % 5}`, states: [] });
  const rules = Array.from({ length: 20 }, (_, place) => rule(place));
  const edit = fc.tuple(
    fc.nat(22),
    fc.nat(15),
    fc.array(fc.oneof(fc.nat(20).map(rule), fc.jsonValue()), { maxLength: 3 }),
  );
  const edits = fc.array(edit, { maxLength: 3 });
  const edited = (list: readonly Json[], all: readonly (readonly [number, number, unknown[]])[]): Json =>
    all.reduce<readonly Json[]>((rest, [at, gone, come]) => rest.toSpliced(at, gone, ...(come as Json[])), list);
  const aRuleset = fc
    .tuple(edits, edits, fc.dictionary(aKey, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }))
    .map(([inbound, outbound, more]) =>
      ownedCopy({
        id: 'r',
        rules: { ...(more as object), inbound: edited(rules, inbound), deep: { outbound: edited(rules, outbound) } },
      }),
    );
  fc.assert(
    fc.property(aRuleset, aRuleset, (before, after) => {
      const patch = parseUndoPatch(JSON.stringify(undoPatch(before, after)));
      expect(sameJson(undo(after, patch), before)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
  // As a client sends them back: other objects, keys in another order.
  const sent = rules.map((one) => Object.fromEntries(Object.entries(one as object).reverse()) as Json);
  const before = { id: 'r', rules: { inbound: rules, outbound: [] } };
  const after = { id: 'r', rules: { inbound: sent.with(3, { order: 3, action: 'DROP' }), outbound: [] } };
  const lists = [['inbound', 3, 16, [rules[3]]]];
  expect(undoPatch(before, after)).toEqual({ set: [], unset: [], parts: [['rules', { set: [], unset: [], lists }]] });
});
