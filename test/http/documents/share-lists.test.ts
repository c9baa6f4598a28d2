import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareLists } from '../../../src/http/documents/share-lists.js';
import { parseOwned } from '../../../src/store/owned-json.js';
import type { Document, JsonObject } from '../../../src/model/document.js';

const LONG = Array.from({ length: 150 }, (_, n) => `10.0.0.${n}`);

const element = fc.oneof(fc.constantFrom(...LONG), fc.constantFrom(1, null, 'other'));
const edit = fc.record({ at: fc.nat(160), gone: fc.nat(3), added: fc.array(element, { maxLength: 3 }) });
const list = fc
  .array(edit, { maxLength: 3 })
  .map((edits) => edits.reduce((all, { at, gone, added }) => all.toSpliced(at, gone, ...added), LONG as unknown[]));
const fields = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.oneof(list, fc.json()), { maxKeys: 3 });

function read(value: unknown): JsonObject {
  return parseOwned(JSON.stringify(value)) as JsonObject;
}

it('gives what was sent, key by key', () => {
  fc.assert(
    fc.property(fields, fields, (before, after) => {
      const sent = read(after);
      const shared = shareLists(sent, { ...read(before), id: '1' });
      expect(JSON.stringify(shared)).toBe(JSON.stringify(sent));
    }),
  );
});

it('a list that is the same is the stored one; all others are frozen too', () => {
  const stored = read({ same: LONG, more: LONG, id: '1' }) as Document;
  const shared = shareLists(read({ same: LONG, more: [...LONG, 'x'] }), stored);
  expect(shared['same']).toBe(stored['same']);
  expect(shared['more']).toEqual([...LONG, 'x']);
  expect(Object.isFrozen(shared['more'])).toBe(true);
});
