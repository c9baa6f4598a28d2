import fc from 'fast-check';
import type { Document, Json, JsonObject } from '../../src/model/document.js';
import { KINDS, type PolicyDocuments } from '../../src/policy-files/kinds.js';

/** Few ids and names, so that many are the same, lead nowhere, or to another kind. */
export const IDS = ['i1', 'i2', 'i3', 'i4', 'gone', 'any', 'self', 'web', 'id:i1'] as const;
const ODD_NAMES = [
  'web',
  'Web',
  'db',
  'a/b',
  '..',
  '.hidden',
  'Büro',
  '東京',
  'two words',
  'any',
  'self',
  'all-active',
  'id:i1',
  'i2',
  'yes',
  '1.5',
  'null',
  '~',
  'a\u0000b',
  '\ud800',
  '\u202eabc',
  ' ',
  'x'.repeat(300),
] as const;

const name: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Json>(...ODD_NAMES) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constantFrom<Json>('', null, 7, ['a']) },
);
const id = fc.constantFrom<Json>(...IDS, '');
const reference: fc.Arbitrary<Json> = fc.oneof(
  { weight: 9, arbitrary: id },
  { weight: 1, arbitrary: fc.constantFrom<Json>(null, 3, {}) },
);
/** JSON as a store can hold it: a text of JSON has no -0. */
const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 3, stringUnit: 'binary' })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

const extra = fc.dictionary(
  fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('zzzzz', 'own:profile', '1')),
  json,
  {
    maxKeys: 3,
  },
);

function sometimes<T extends Json>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 3 });
}

function record(fields: Readonly<Record<string, fc.Arbitrary<Json | undefined>>>): fc.Arbitrary<JsonObject> {
  return fc.tuple(extra, fc.record(fields)).map(([more, known]) => {
    const set = Object.entries(known).filter(([, value]) => value !== undefined);
    return { ...more, ...Object.fromEntries(set) } as JsonObject;
  });
}

const rule = record({
  action: fc.constant('ACCEPT'),
  group_type: fc.constantFrom('ANY', 'GROUP', 'ROLE', 'ZONE', 'else'),
  group: reference,
  service: reference,
  environment: sometimes(fc.constantFrom<Json>('', 'local', 'q1', 4)),
  states: sometimes(fc.subarray(['NEW', 'ESTABLISHED'])),
  comment: sometimes(fc.string({ unit: 'binary' })),
});
const rules: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      inbound: fc.array(fc.oneof({ weight: 9, arbitrary: rule }, json), { maxLength: 4 }),
      outbound: fc.oneof(fc.array(rule, { maxLength: 2 }), fc.constant(null)),
    }),
  },
  { weight: 1, arbitrary: json },
);
const end = fc.oneof(
  fc.constantFrom('any', '10.0.0.0/8', 'host:i1', 'group:all-active'),
  fc.tuple(fc.constantFrom('group', 'zone'), fc.constantFrom(...IDS, ...ODD_NAMES)).map((parts) => parts.join(':')),
);

const FIELDS: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<Json | undefined>>>>> = {
  zone: { ipv4_addresses: fc.constant(['10.0.0.1']) },
  service: { services: json },
  profile: { ruleset_id: sometimes(reference), ruleset: sometimes(json), created: sometimes(json) },
  ruleset: { profile_id: sometimes(reference), profile: sometimes(json), rules },
  group: {
    profile_id: sometimes(reference),
    profile_name: sometimes(name),
    profile: sometimes(json),
    hash4_ipsets: sometimes(fc.constant('abc')),
    created: sometimes(fc.integer()),
    profile_version: sometimes(fc.constantFrom<Json>('latest', '1')),
    external_ipv4_addresses: sometimes(fc.constantFrom<Json>([], ['10.0.0.1'])),
  },
  fact: { groups: json },
  assertion: {
    from: sometimes(end),
    to: sometimes(end),
    port: sometimes(fc.nat()),
    mode: sometimes(fc.constantFrom<Json>('enforce', 'warn')),
  },
};

function documents(kind: string): fc.Arbitrary<readonly Document[]> {
  const document = fc
    .tuple(fc.constantFrom(...IDS), record({ name: sometimes(name), ...FIELDS[kind] }))
    .map(([own, fields]): Document => ({ ...fields, id: own }));
  return fc.uniqueArray(document, { selector: (doc) => doc.id, maxLength: 5 });
}

/** Documents of any shape that old data may have. */
export const anyPolicy: fc.Arbitrary<PolicyDocuments> = fc.record(
  Object.fromEntries(KINDS.map((kind) => [kind, documents(kind)])),
) as unknown as fc.Arbitrary<PolicyDocuments>;
