import fc from 'fast-check';
import { expect, it } from 'vitest';
import { finish } from '../../src/firewall/finish.js';
import { keptListText } from '../../src/kept-texts/list-text.js';
import { spellDocument } from '../../src/kept-texts/spell-document.js';
import { writeJsonInSteps } from '../../src/http/json/write-large-json.js';
import type { Document, Json } from '../../src/model/document.js';
import { own } from '../../src/store/owned-json.js';

const LENGTH = 2600;

const text = fc.oneof(
  fc.constantFrom('', '"', '\\', ',', ']', 'é', '😀', '\ud800', '\u2028', '\n', '192.0.2.1'),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const list = fc
  .record({ of: text, few: fc.array(text, { maxLength: 5 }), at: fc.nat(LENGTH), isLong: fc.boolean() })
  .map(({ of, few, at, isLong }) =>
    isLong ? Array.from({ length: LENGTH }, (_, n) => `${of}${n}`).toSpliced(at, few.length, ...few) : few,
  );
const value: fc.Arbitrary<Json> = fc.oneof({ weight: 3, arbitrary: list }, fc.jsonValue() as fc.Arbitrary<Json>);
const documents = fc.array(
  fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', '7', 'é"'), text), value, { maxKeys: 5, noNullPrototype: true }),
  { maxLength: 4 },
);

it('spells a document as JSON.stringify does, one after the other, whether texts of its lists are kept or not', () => {
  fc.assert(
    fc.property(documents, fc.boolean(), (all, isAnswered) => {
      for (const fields of all) {
        const document = own({ ...fields, id: 'z' }) as Document;
        // What keeps the texts of its lists.
        if (isAnswered) finish(writeJsonInSteps(document));
        expect(spellDocument(document)).toBe(JSON.stringify(document));
      }
    }),
    { numRuns: 40 },
  );
});

it('spells lists of documents of other sizes, after each other, from their kept texts', () => {
  for (const [count, of] of [
    [30_000, '10.0.0.'],
    [2_500, 'é'],
    [60_000, '2001:db8::'],
    [400_000, '2001:db8:0:0:0:0:'],
    [3_000, '192.0.2.'],
  ] as const) {
    const addresses = Array.from({ length: count }, (_, n) => `${of}${n}`);
    const document = own({ id: of, addresses, more: addresses.slice(1), name: 'n' }) as Document;
    finish(writeJsonInSteps(document));
    if (count < 100_000) expect(keptListText(document['addresses'] as Json[])).toBeDefined();
    expect(spellDocument(document) === JSON.stringify(document)).toBe(true);
  }
});
