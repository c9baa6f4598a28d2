import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/document.js';
import type { JsonSchema } from '../../src/model/json-schema.js';
import { RESOURCES } from '../../src/resources/resources.js';
import { keepsSchema, schemaViolation } from '../../src/model/schema-verdict.js';
import { firstViolation } from '../../src/model/validate.js';

/** Values near what a schema asks for: often right, often wrong in one place. */
function nearly(schema: JsonSchema): fc.Arbitrary<Json> {
  const junk = fc.oneof(
    fc.constantFrom<Json>(
      null,
      true,
      0,
      1.5,
      -1,
      '',
      'x',
      'a b',
      [],
      {},
      [1],
      { a: 1 },
      'x'.repeat(40),
      '\u{1F600}'.repeat(26),
    ),
    fc.jsonValue() as fc.Arbitrary<Json>,
  );
  return fc.oneof({ weight: 8, arbitrary: rightly(schema, junk) }, { weight: 1, arbitrary: junk });
}

function rightly(schema: JsonSchema, junk: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  if (schema.properties) {
    const properties = Object.entries(schema.properties).map(([key, inner]) => [key, nearly(inner)] as const);
    return fc.record(Object.fromEntries(properties), {
      requiredKeys: [...(schema.required ?? [])].filter((key) => schema.properties && key in schema.properties),
    });
  }
  if (schema.items) return fc.array(nearly(schema.items), { maxLength: 4 });
  if (schema.pattern) {
    const texts = [
      'tcp',
      '10.0.0.1',
      'fd00::1',
      'us-east-1',
      'sg-1',
      'web',
      'hk-00000001',
      'a_b',
      '',
      '1a',
      'x y',
      'x\n',
    ];
    return fc.constantFrom(...texts);
  }
  if (type === 'string') return fc.string({ maxLength: 4 });
  if (type === 'number') return fc.integer({ min: -1, max: 3 });
  if (type === 'boolean') return fc.boolean();
  return junk;
}

describe('the first fault of a document', () => {
  for (const { name, schema } of RESOURCES.values()) {
    it(`${name}: agrees with a draft-04 validator on what is valid`, () => {
      fc.assert(
        fc.property(nearly(schema), (made) => {
          // As a parser makes it: ajv tells objects without a prototype from others, and no JSON text gives such.
          const doc = JSON.parse(JSON.stringify(made)) as Json;
          expect(firstViolation(schema, doc) === undefined).toBe(keepsSchema(schema, doc));
        }),
        { numRuns: 500 },
      );
    });
  }

  const group = RESOURCES.get('group')?.schema as JsonSchema;
  const ruleset = RESOURCES.get('ruleset')?.schema as JsonSchema;

  it('is a property before what is missing, and what is missing before the type', () => {
    expect(firstViolation(group, { vars: [] })).toMatchObject({ errorType: 'wrong_type', path: ['vars'] });
    expect(firstViolation(group, {})).toMatchObject({
      errorType: 'missing_required_property',
      path: [],
      value: 'name',
    });
    expect(firstViolation(group, [])).toMatchObject({ errorType: 'wrong_type', path: [], value: [] });
  });

  it('is that of the first property by name, depth first', () => {
    const doc = { name: '', rules: { inbound: [{ states: ['OLD'], action: 'X' }], outbound: 1 }, profile_id: '' };
    expect(firstViolation(ruleset, doc)).toMatchObject({ errorType: 'wrong_length', path: ['name'] });
    expect(firstViolation(ruleset, { ...doc, name: 'r', profile_id: 'p' })).toMatchObject({
      errorType: 'not_in_enum',
      path: ['rules', 'inbound', 0, 'action'],
      value: 'X',
    });
  });

  it('carries the part of the schema that failed', () => {
    expect(firstViolation(ruleset, { name: 'r', rules: { inbound: [{ seconds: 0 }], outbound: [] } })).toEqual({
      errorType: 'not_in_range',
      path: ['rules', 'inbound', 0, 'seconds'],
      value: 0,
      schema: { type: 'number', minimum: 1 },
    });
  });

  it('counts code points, not UTF-16 units', () => {
    const zone = (name: string) => ({ name, ipv4_addresses: [], ipv6_addresses: [] });
    const schema = RESOURCES.get('zone')?.schema as JsonSchema;
    expect(schemaViolation(schema, zone(`a${'\u{1F600}'.repeat(27)}`))).toBeUndefined();
    expect(schemaViolation(schema, zone(`a${'\u{1F600}'.repeat(28)}`))).toMatchObject({ errorType: 'wrong_length' });
  });

  it('never enforces what old consoles break: conditional keys of rules, names of external sets', () => {
    expect(schemaViolation(ruleset, { name: 'r', rules: { inbound: [{ type: 'CONNLIMIT' }, {}], outbound: [] } })).toBe(
      undefined,
    );
    const external = RESOURCES.get('external')?.schema as JsonSchema;
    const sets = { groups: { 'any name at all': [] }, zones: {} };
    expect(schemaViolation(external, { name: 'q1', v4: sets, v6: sets })).toBeUndefined();
  });
});
