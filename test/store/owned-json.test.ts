import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/document.js';
import { ownedCopy, ownedParser, parseOwned } from '../../src/store/owned-json.js';

function deeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(deeplyFrozen);
}

/** Long and short strings that come again, containers small and large, and keys that mean something to JavaScript. */
const text = fc.oneof(fc.constantFrom('', 'short', 'a'.repeat(36), 'b'.repeat(64), 'c'.repeat(200)), fc.string());
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.constantFrom<Json>(null, true, 0, 1.5),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(fc.oneof(fc.constant('__proto__'), text), tie('value'), { maxKeys: 20 }),
  ),
})).value;

describe('documents that a store owns', () => {
  it('say after parsing just what JSON.parse reads, and nobody can change them', () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 5 }), (values) => {
        const parse = ownedParser();
        for (const value of values) {
          const source = JSON.stringify(value);
          for (const made of [parse(source), parseOwned(source)]) {
            expect(JSON.stringify(made)).toBe(source);
            expect(deeplyFrozen(made)).toBe(true);
          }
        }
      }),
    );
  });

  it('have their equal parts once, however the documents are ordered', () => {
    const part = fc.constantFrom<Json>(
      [],
      ['NEW'],
      ['group12_gv4', 'group12_gv6'],
      {},
      { name: 'group12_gv4', hash: 'b'.repeat(64) },
      { hash: 'b'.repeat(64), name: 'group12_gv4' },
      { ['__proto__']: 'a'.repeat(36) },
      [{ name: 'zone_zv4', hash: 'c'.repeat(64) }, []],
    );
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), part), { maxLength: 8 }),
        (documents) => {
          const parse = ownedParser();
          const made = documents.map((document) => parse(JSON.stringify(document)));
          expect(made.map((document) => JSON.stringify(document))).toEqual(documents.map((one) => JSON.stringify(one)));
          expect(deeplyFrozen(made)).toBe(false);
          expect(made.every(deeplyFrozen)).toBe(true);
        },
      ),
    );
    const parse = ownedParser();
    const [one, other] = [1, 2].map((order) =>
      parse(JSON.stringify({ order, states: [], sets: [{ name: 'a', hash: 'b' }] })),
    );
    expect(one).not.toBe(other);
    expect((one as JsonObject).states).toBe((other as JsonObject).states);
    expect((one as JsonObject).sets).toBe((other as JsonObject).sets);
  });

  it('are never one with another document, however equal: what is known of one may rest on its table', () => {
    const parse = ownedParser();
    const [one, other] = [1, 2].map(() => parse('{"id":"office","name":"office"}'));
    expect(one).toEqual(other);
    expect(one).not.toBe(other);
    expect(deeplyFrozen(one as Json)).toBe(true);
  });

  it('are private copies: what is changed in the original later does not show', () => {
    fc.assert(
      fc.property(json, (value) => {
        const source = JSON.stringify(value);
        const original = { value: JSON.parse(source) as Json };
        const copy = ownedCopy(original);
        expect(deeplyFrozen(copy)).toBe(true);
        expect(deeplyFrozen(ownedCopy({ ...copy, more: 1 }))).toBe(true);
        if (typeof original.value === 'object' && original.value !== null)
          for (const key of Object.keys(original.value)) delete (original.value as Record<string, Json>)[key];
        expect(JSON.stringify(copy.value)).toBe(source);
      }),
    );
  });

  it('share a large list with the documents that are made from them', () => {
    const zone = parseOwned(
      JSON.stringify({ id: 'z', addresses: Array.from({ length: 20 }, (_, i) => `10.0.0.${i}`) }),
    );
    const edited = ownedCopy({ ...(zone as { addresses: Json }), name: 'office' });
    expect(edited.addresses).toBe((zone as { addresses: Json }).addresses);
  });
});
