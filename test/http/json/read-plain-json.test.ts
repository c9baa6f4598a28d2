import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WIDE_BOUNDS } from '../../../src/http/json/json-bounds.js';
import { readLenientJson } from '../../../src/http/json/lenient-json.js';
import { readPlainJson } from '../../../src/http/json/read-plain-json.js';

function ignore(): void {
  // Nobody has to know.
}

it('reads what it reads as the reader in steps does, and leaves the rest to it', () => {
  const texts = fc.oneof(
    fc.json(),
    fc.constantFrom(
      '[1,]',
      "{'a':1}",
      '{"a":1,"a":2}',
      '{"__proto__":1}',
      '[12345678901234567890]',
      '12345678901234567890',
      '{"a": 12345678901234567890}',
      '[1,-12345678901234567890]',
      '["1234567890123456", 1234567890123456]',
      '[-0, 1.50]',
      '"\\u0041"',
      '{"a":}',
    ),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const plain = readPlainJson(text, WIDE_BOUNDS, ignore);
      if (plain !== undefined) expect(plain).toEqual(readLenientJson(text));
    }),
    { numRuns: 1000 },
  );
  expect(readPlainJson('{"a":["10.0.0.1","::1"]}', WIDE_BOUNDS, ignore)).toEqual({ a: ['10.0.0.1', '::1'] });
  for (const text of ['[1,]', '{"__proto__":1}', '["\\\\"]', `[${'[],'.repeat(1001)}1]`, `[${'1,'.repeat(200_001)}1]`])
    expect(readPlainJson(text, WIDE_BOUNDS, ignore)).toBeUndefined();
});

it('tells of every object and list, inner ones first, and keeps the bounds', () => {
  const told: object[] = [];
  const value = readPlainJson('{"a":[[],{}]}', WIDE_BOUNDS, (made) => told.push(made));
  expect(told).toEqual([[], {}, [[], {}], value]);
  expect(() => readPlainJson('[1,2,3]', { ...WIDE_BOUNDS, values: 3 }, ignore)).toThrow('values');
  expect(() => readPlainJson('{"a":1,"b":2}', { ...WIDE_BOUNDS, members: 1 }, ignore)).toThrow('members');
});
