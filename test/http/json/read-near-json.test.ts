import fc from 'fast-check';
import { expect, it } from 'vitest';
import { finish } from '../../../src/firewall/finish.js';
import { WIDE_BOUNDS, type JsonBounds } from '../../../src/http/json/json-bounds.js';
import { latelyKnown, rememberLately } from '../../../src/http/json/lately-known.js';
import { readLenientJson } from '../../../src/http/json/lenient-json.js';
import { isLongTextList, keptListText, listText } from '../../../src/kept-texts/list-text.js';
import { readNearJson } from '../../../src/http/json/read-near-json.js';
import { writeJson } from '../../../src/http/json/write-json.js';
import { writeJsonInSteps } from '../../../src/http/json/write-large-json.js';
import type { Json, JsonObject } from '../../../src/model/document.js';
import { own } from '../../../src/store/owned-json.js';

const LISTS = ['a', 'b'] as const;
const LENGTH = 2600;

function known(): JsonObject {
  const list = (of: string): string[] => Array.from({ length: LENGTH }, (_, n) => `${of}${n}`);
  const document = own({ id: 'z', a: list('10.'), name: 'n', b: list('é]"\\') }) as JsonObject;
  // Answering it is what makes its texts known.
  finish(writeJsonInSteps(document));
  return document;
}

function near(bytes: Buffer, document: JsonObject, bounds: JsonBounds = WIDE_BOUNDS): Json | undefined {
  return finish(readNearJson(bytes, document, bounds, Object.freeze));
}

const place = fc.integer({ min: -3, max: LENGTH + 3 });
const text = fc.oneof(fc.constantFrom('', ',', ']', '[', '"a":[', '"', '\\', 'é', '10.7'), fc.string({ maxLength: 5 }));
const edit = fc.record({
  list: fc.constantFrom(...LISTS),
  at: place,
  gone: fc.oneof(fc.nat(3), fc.nat(LENGTH)),
  come: fc.array(text, { maxLength: 4 }),
});
type Edit = typeof edit extends fc.Arbitrary<infer One> ? One : never;

function edited(document: JsonObject, edits: readonly Edit[]): JsonObject {
  return edits.reduce<JsonObject>(
    (doc, { list, at, gone, come }) => ({ ...doc, [list]: (doc[list] as Json[]).toSpliced(at, gone, ...come) }),
    document,
  );
}

it('reads bodies one after the other as a reader that knows nothing does, byte by byte the same when written again', () => {
  fc.assert(
    fc.property(fc.array(fc.array(edit, { maxLength: 2 }), { maxLength: 4 }), (bodies) => {
      let document = known();
      for (const edits of bodies) {
        const sent = Buffer.from(JSON.stringify(edited(document, edits)));
        const read = near(sent, document);
        if (read === undefined) continue;
        const whole = readLenientJson(sent.toString());
        expect(read).toEqual(whole);
        expect(Object.keys(read as object)).toEqual(Object.keys(whole as object));
        document = read as JsonObject;
        // What was kept of its lists while it was read is what is sent.
        expect(finish(writeJsonInSteps(document)).toString()).toBe(writeJson(whole));
      }
    }),
    { numRuns: 60 },
  );
});

it('takes nothing for a body that is not exactly what the reader of the whole reads', () => {
  const document = known();
  const bytes = Buffer.from(JSON.stringify(document));
  const marks = [
    '[',
    ']',
    ',',
    '"',
    '}',
    '{',
    ' ',
    '\\',
    '1',
    '"a":[',
    '"b":[],',
    '"a":[],',
    '"__proto__":1,',
    '//x\n',
    '\ufeff',
  ];
  // Where something stands that is not known, and anywhere.
  const edges = LISTS.flatMap((key) => {
    const from = bytes.indexOf(`"${key}":[`);
    let at = from + 4;
    // A comma is the first byte of each block, and left out of the first.
    const blocks = keptListText(document[key] as readonly string[])?.blocks ?? [];
    return [from, ...blocks.map(({ bytes: { length } }) => (at += length))];
  });
  const at = fc.oneof(
    fc.nat(bytes.length),
    fc
      .tuple(fc.constantFrom(0, bytes.length, ...edges), fc.integer({ min: -6, max: 6 }))
      .map(([edge, by]) => edge + by),
  );
  const change = fc.record({ at, gone: fc.nat(3), come: fc.constantFrom('', ...marks) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      const sent = changes.reduce(
        (before, { at: place_, gone, come }) =>
          Buffer.concat([
            before.subarray(0, Math.max(0, place_)),
            Buffer.from(come),
            before.subarray(Math.max(0, place_) + gone),
          ]),
        bytes,
      );
      const read = near(sent, document);
      if (read === undefined) return;
      expect(read).toEqual(readLenientJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(sent)));
    }),
    { numRuns: 1500 },
  );
});

it('reads an address more beside the list that is known, and leaves other bodies and too large ones alone', () => {
  const document = known();
  const a = document['a'] as readonly string[];
  const sent = Buffer.from(JSON.stringify({ name: 'other', b: document['b'], a: a.toSpliced(1000, 0, 'new') }));
  const read = near(sent, document) as JsonObject;
  expect(Object.keys(read)).toEqual(['name', 'b', 'a']);
  expect(read['b']).toBe(document['b']);
  expect(read['a']).toEqual(a.toSpliced(1000, 0, 'new'));
  expect(Object.isFrozen(read['a'])).toBe(true);
  for (const bounds of [{ values: 2 * LENGTH }, { characters: 100 }, { depth: 1 }, { members: 2 }])
    expect(near(sent, document, { ...WIDE_BOUNDS, ...bounds })).toBeUndefined();
  const spaced = Buffer.from(JSON.stringify(document).replaceAll(',', ', '));
  expect(near(spaced, document)).toBeUndefined();
  expect(near(Buffer.from('{"name":"other"}'), document)).toBeUndefined();
  // Of members of one name the last counts.
  expect(near(Buffer.from(`{"a":[],${sent.toString().slice(1)}`), document)).toBeUndefined();
});

it('keeps the texts of long frozen lists of texts alone', () => {
  const long = Array.from({ length: LENGTH }, String);
  expect(isLongTextList(long)).toBe(false);
  expect(isLongTextList(Object.freeze(long.slice(0, 100)))).toBe(false);
  expect(isLongTextList(Object.freeze([...long, 1]))).toBe(false);
  expect(isLongTextList(Object.freeze(long))).toBe(true);
  expect(keptListText(long)).toBeUndefined();
  expect(finish(listText(long))).toBe(keptListText(long));
});

it('remembers the document of an id that was known last, if it has long lists, and not too many', () => {
  const document = known();
  rememberLately('small', { a: ['1'] });
  rememberLately('z', document);
  expect([latelyKnown('small'), latelyKnown('z'), latelyKnown(undefined)]).toEqual([undefined, document, undefined]);
  for (let n = 0; n < 64; n += 1) rememberLately(`z${n}`, document);
  expect([latelyKnown('z'), latelyKnown('z63')]).toEqual([undefined, document]);
});
