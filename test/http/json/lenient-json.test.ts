import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLenientJson } from '../../../src/http/json/lenient-json.js';
import { readJson } from '../../../src/http/json/read-json.js';
import { writeJson } from '../../../src/http/json/write-json.js';
import type { Json } from '../../../src/model/document.js';

const json = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>;

describe('reading JSON', () => {
  it('gives back what was written, with and without the lenient reader', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__"'));
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(readJson(JSON.stringify(value, null, 1))).toEqual(plain);
        expect(readLenientJson(JSON.stringify(value, null, 1))).toEqual(plain);
        expect(readJson(writeJson(value))).toEqual(plain);
      }),
    );
  });

  it.each([
    ['trailing commas', '{"a":[1,2,],}', { a: [1, 2] }],
    ['comments', '// x\n{/* y */"a"/**/:1}// z', { a: 1 }],
    ['single quotes', `{'a':'it\\'s "x"'}`, { a: 'it\'s "x"' }],
    ['raw control characters', '{"a":"x\ty\nz"}', { a: 'x\ty\nz' }],
    ['a byte order mark', '\uFEFF{}', {}],
    ['the last of repeated keys', '{"a":1,"a":2}', { a: 2 }],
    ['escapes', '["\\u0041\\n\\/\\\\"]', ['A\n/\\']],
    ['numbers', '[0,-0.5,1e3,1E-2]', [0, -0.5, 1000, 0.01]],
  ])('takes %s', (_name, text, value) => {
    expect(readJson(text)).toEqual(value);
    expect(readLenientJson(text)).toEqual(value);
  });

  it.each([
    ['nothing', '', /missing at the end/],
    ['an open object', '{"name":', /missing at the end \(line 1, column 9\)/],
    ['more text', '{} {}', /more text/],
    ['a lone comma', '[,]', /no value/],
    ['two commas', '[1,,2]', /no value/],
    ['bare keys', '{a:1}', /a key or }/],
    ['bare words', '[nullx]', /no value/],
    ['leading zeros', '[01]', /a comma/],
    ['NaN', '[NaN]', /no value/],
    ['numbers beyond a double', '[1e400]', /too large/],
    ['an open string', '["a', /not closed/],
    ['an open comment', '{} /* ', /comment is not closed/],
    ['unknown escapes', '["\\x41"]', /unknown escape/],
    ['half an escape', '["\\u12"]', /hexadecimal/],
    ['the prototype', '{"__proto__":{"polluted":1}}', /__proto__/],
    ['the prototype in disguise', '{"\\u005f_proto__":{"polluted":1}}', /__proto__/],
    ['the prototype deep down', '{"a":[{"__proto__":1}]}', /__proto__/],
  ])('refuses %s, and says where', (_name, text, reason) => {
    expect(() => readJson(text)).toThrow(reason);
    expect(() => readLenientJson(text)).toThrow(reason);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('refuses what is nested too deep, however deep, without running out of stack', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(readJson(nested(100))).toBeTruthy();
    for (const text of [nested(102), nested(200_000), '{"a":'.repeat(200_000), `// c\n${nested(200_000)}`]) {
      expect(() => readJson(text)).toThrow(/nested|missing/);
    }
  });

  it('reads megabytes of comments and blanks', () => {
    expect(readJson(`${'/**/ '.repeat(400_000)}[1]`)).toEqual([1]);
  });
});

describe('writing JSON', () => {
  it('sorts the keys of objects, numbers among them, and keeps lists in order', () => {
    expect(writeJson({ b: 1, a: [3, 1, 2], 10: 0, 9: { z: null, y: true } })).toBe(
      '{"10":0,"9":{"y":true,"z":null},"a":[3,1,2],"b":1}',
    );
  });

  it('keeps whole numbers whole', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(writeJson(readJson(`{"n":${number}.0}`))).toBe(`{"n":${Object.is(number, -0) ? 0 : number}}`);
      }),
    );
  });
});
