import { describe, expect, it } from 'vitest';
import { WIDE_BOUNDS, type JsonBounds } from '../../../src/http/json/json-bounds.js';
import { readJsonInSteps, readLenientJson, VALUES_A_STEP } from '../../../src/http/json/lenient-json.js';
import { readJson } from '../../../src/http/json/read-json.js';
import { isLargeJson, writeJsonInSteps } from '../../../src/http/json/write-large-json.js';
import { writeJson } from '../../../src/http/json/write-json.js';
import type { Json } from '../../../src/model/document.js';

/** The steps that a reading takes, and what came of it: a value or the message of what was thrown. */
function stepsOf(text: string, bounds: JsonBounds = WIDE_BOUNDS) {
  let made = 0;
  const steps = readJsonInSteps(text, bounds, () => (made += 1));
  const madeAStep: number[] = [];
  for (;;) {
    const before = made;
    let step: IteratorResult<void, Json>;
    try {
      step = steps.next();
    } catch (error) {
      return { steps: madeAStep.length, most: Math.max(0, ...madeAStep), failed: (error as Error).message };
    }
    madeAStep.push(made - before);
    if (step.done === true) return { steps: madeAStep.length, most: Math.max(...madeAStep), value: step.value };
  }
}

describe('bounds of JSON', () => {
  const bounds: JsonBounds = { depth: 10, values: 100, members: 20, characters: 1000 };

  it.each([
    ['values', `[${'1,'.repeat(99)}1]`, /more than 100 values \(api\.max_body_values\)/],
    ['values, empty lists', `[${'[],'.repeat(99)}[]]`, /more than 100 values/],
    [
      'members',
      `{${Array.from({ length: 21 }, (_, i) => `"k${i}":1`).join()}}`,
      /more than 20 members in one object \(api\.max_object_members\)/,
    ],
    ['depth', `${'['.repeat(12)}${']'.repeat(12)}`, /more than 10 nested levels \(api\.max_body_depth\)/],
    ['a long text', `["${'x'.repeat(1001)}"]`, /more than 1000 characters in its strings and keys \(api\.max_body_ch/],
    ['a long key', `{"${'x'.repeat(1001)}":1}`, /more than 1000 characters/],
    ['many texts', `[${`"${'x'.repeat(101)}",`.repeat(9)}"${'x'.repeat(101)}"]`, /more than 1000 characters/],
    ['texts made of escapes', `["${'\\u0041'.repeat(1001)}"]`, /more than 1000 characters/],
  ])('refuses too many %s, naming the key, however it is read', (_name, text, reason) => {
    expect(() => readJson(text, bounds)).toThrow(reason);
    expect(() => readLenientJson(text, bounds)).toThrow(reason);
    expect(() => readJson(`// c\n${text}`, bounds)).toThrow(reason);
  });

  it('takes what is just within them', () => {
    const members = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 1]));
    for (const value of [Array.from({ length: 99 }, () => 1), members, ['x'.repeat(1000)]] as Json[]) {
      expect(readJson(JSON.stringify(value), bounds)).toEqual(value);
      expect(readLenientJson(JSON.stringify(value), bounds)).toEqual(value);
    }
    expect(readJson(`["x"]${' '.repeat(2000)}`, bounds)).toEqual(['x']);
  });
});

describe('reading JSON in steps', () => {
  it.each([
    ['numbers', `[${'1,'.repeat(50_000)}]`],
    ['empty lists', `[${'[],'.repeat(50_000)}]`],
    ['empty objects', `[${'{},'.repeat(50_000)}]`],
    ['nested lists', `[${`${'['.repeat(90)}${']'.repeat(90)},`.repeat(2000)}]`],
    ['a repeated key', `{${'"a":1,'.repeat(50_000)}}`],
    ['escapes', `["${'\\n'.repeat(50_000)}"]`],
    ['blanks', `${' '.repeat(50_000)}[1]`],
    ['comments', `${'/**/'.repeat(50_000)}[1]`],
    ['short texts', `[${'"a",'.repeat(50_000)}]`],
  ])('pauses often within %s, and reads the same', (_name, text) => {
    const { steps, most, value } = stepsOf(text);
    expect(steps).toBeGreaterThanOrEqual(3);
    expect(most).toBeLessThanOrEqual(VALUES_A_STEP + 100);
    expect(value).toEqual(readLenientJson(text));
  });

  it('stops at a bound as soon as it is reached, whatever follows', () => {
    const bounds: JsonBounds = { ...WIDE_BOUNDS, values: 5000 };
    const { steps, failed } = stepsOf(`[${'1,'.repeat(1_000_000)}`, bounds);
    expect(failed).toMatch(/5000 values/);
    expect(steps).toBeLessThan(10);
  });
});

describe('whole numbers that a double would alter', () => {
  it.each([
    [
      '{"vars":{"ids":[1,9007199254740993]}}',
      /vars\.ids\[1\] is a whole number that would come back as 9007199254740992/,
    ],
    ['{"a":-9007199254740993}', /a is a whole number/],
    ['{"a":{"b":12345678901234567890}}', /a\.b is/],
    ['[9007199254740993.0]', /\[0\] is/],
    ['[900719925474099.3e1]', /\[0\] is/],
    ['[90071992547409930e-1]', /\[0\] is/],
    ['[9223372036854775807]', /9223372036854776000/],
    ['{"\\u0061":18446744073709551615}', /a is/],
    ['9007199254740993', /the body is/],
  ])('refuses %s with its place', (text, reason) => {
    expect(() => readJson(text)).toThrow(reason);
    expect(() => readLenientJson(text)).toThrow(reason);
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740992', -9007199254740992],
    ['9007199254740994', 9007199254740994],
    ['9223372036854776000', 9223372036854776000],
    ['1e20', 1e20],
    ['100000000000000000000', 1e20],
    ['1.50000000000000000000', 1.5],
    ['0.1000000000000000055511151231257827', 0.1],
    ['-0', -0],
    ['0.00000000000000000', 0],
    ['1e-400', 0],
  ])('keeps %s', (text, value) => {
    expect(readJson(text)).toBe(value);
    expect(readLenientJson(text)).toBe(value);
  });

  it('is not troubled by digits in texts', () => {
    expect(readJson('{"a":"12345678901234567890"}')).toEqual({ a: '12345678901234567890' });
  });
});

describe('writing JSON in steps', () => {
  it('gives the same text as in one go, with pauses', () => {
    const rule = { action: 'ACCEPT', comment: 'é "x"\n', states: ['NEW'], order: 1, left: undefined };
    const values: Json[] = [
      Array.from({ length: 20_000 }, () => rule as unknown as Json),
      Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, [i, null, 'x']])),
      { b: Array.from({ length: 5000 }, (_, i) => i), a: { long: 'ü'.repeat(500_000), n: [] }, c: {} },
      [],
      'x',
    ];
    for (const value of values) {
      const steps = writeJsonInSteps(value);
      let pauses = 0;
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) pauses += 1;
      expect(step.value.toString()).toBe(writeJson(value));
      expect(pauses > 0).toBe(isLargeJson(value));
    }
  });
});
