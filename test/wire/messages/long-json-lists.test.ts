import fc from 'fast-check';
import { expect, it } from 'vitest';
import { finish } from '../../../src/firewall/finish.js';
import type { Json } from '../../../src/model/document.js';
import { readFederation, readFederationInSteps } from '../../../src/wire/messages/federation.js';
import { readLongLists } from '../../../src/wire/messages/long-json-lists.js';

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

function filled(value: Json, listOf: (list: readonly Json[]) => readonly Json[]): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = listOf(value as readonly Json[]);
    return list === value ? list.map((one) => filled(one, listOf)) : list;
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, listOf)]));
}

const text = fc.oneof(
  fc.constantFrom('10.0.0.1/32', '","', ']', '[', '[1', '\\', 'x",', '", "', '::1', 'é\u2028'),
  fc.string({ maxLength: 20 }),
);
const long = fc
  .tuple(fc.array(text, { maxLength: 4 }), fc.constantFrom(1, 30, 30, 3000))
  .map(([some, times]) => Array.from({ length: times }, () => some).flat());
const odd = fc.oneof(fc.jsonValue(), fc.constantFrom([0], [1, 'x'], [[0]], [-0], { a: [0] })) as fc.Arbitrary<unknown>;
const lists = fc.dictionary(
  fc.constantFrom('a', 'b', '1', '__proto__'),
  fc.oneof({ weight: 4, arbitrary: long }, odd),
  {
    maxKeys: 3,
  },
);
const family = fc.oneof({ weight: 8, arbitrary: fc.record({ groups: lists, zones: lists }) }, odd);
const ec2 = fc.oneof(fc.constant({ g: Array.from({ length: 30 }, () => ({ region: 'r', sgid: 's' })) }), odd);
const message = fc.record({ name: fc.oneof(fc.constant('q'), odd), v4: family, v6: family, ec2 });
const mark = fc.constantFrom('', ',', '"', '[', ']', ' ', '1', '[1]', '\\', '}', '{');
const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), gone: fc.nat(1), come: mark });

it('reads what a parser of the whole reads, and refuses the same in the same words', () => {
  fc.assert(
    fc.property(message, fc.array(change, { maxLength: 2 }), fc.constantFrom(0, 1), (said, changes, spaces) => {
      const json = changes.reduce(
        (before, { at, gone, come }) => {
          const place = Math.floor(at * before.length);
          return before.slice(0, place) + come + before.slice(place + gone);
        },
        JSON.stringify(said, undefined, spaces),
      );
      const apart = finish(readLongLists(json));
      // It may have no long list, and is read this way all the same.
      if (apart !== undefined) expect(filled(apart.root, apart.listOf)).toEqual(JSON.parse(json));
      const bytes = Buffer.from(json);
      expect(outcome(() => finish(readFederationInSteps(bytes)))).toEqual(outcome(() => readFederation(bytes)));
    }),
    { numRuns: 300 },
  );
});

it('reads long lists in pieces, with pauses', () => {
  const addresses = Array.from({ length: 100_000 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}/32`);
  const said = { name: 'q', v4: { groups: {}, zones: { all: addresses } }, v6: { groups: {}, zones: {} }, ec2: {} };
  const reading = readLongLists(JSON.stringify(said));
  let pauses = 0;
  for (let step = reading.next(); ; step = reading.next()) {
    if (step.done === true) {
      expect(step.value && filled(step.value.root, step.value.listOf)).toEqual(said);
      break;
    }
    pauses += 1;
  }
  expect(pauses).toBeGreaterThan(10);
});
