import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/document.js';
import { schemaViolation } from '../../src/model/schema-verdict.js';
import { firstViolation } from '../../src/model/validate.js';
import { declarationOf } from '../../src/resources/resources.js';
import { parseOwned } from '../../src/store/owned-json.js';

const { schema } = declarationOf('zone');

/** Long enough for its elements to be remembered. */
const LONG: readonly Json[] = Array.from({ length: 150 }, (_, n) => `10.0.0.${n}`);

/** Addresses and what is none. */
const element = fc.constantFrom<Json>('10.1.0.1', '10.1.0.1', 'no address', '', 'fe80::1', 7, null, [], {});
const valid = fc.constantFrom<Json>('10.1.0.1', '10.0.0.5', '192.0.2.0/24');

interface Edit {
  readonly field: 'ipv4_addresses' | 'ipv6_addresses';
  readonly at: number;
  readonly gone: number;
  readonly come: readonly Json[];
  readonly isReversed: boolean;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  field: fc.constantFrom('ipv4_addresses', 'ipv6_addresses'),
  at: fc.nat(160),
  gone: fc.nat({ max: 3 }),
  come: fc.oneof({ weight: 3, arbitrary: fc.array(valid, { maxLength: 3 }) }, fc.array(element, { maxLength: 2 })),
  isReversed: fc.boolean(),
});

function edited(doc: JsonObject, { field, at, gone, come, isReversed }: Edit): JsonObject {
  const list = (doc[field] as readonly Json[]).toSpliced(at, gone, ...come);
  return { ...doc, [field]: isReversed ? list.reverse() : list };
}

describe('lists that were checked', () => {
  it('of a document made of another, what is refused is what the check of the whole refuses, over any history', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(edit, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        (edits, isFirstChecked) => {
          let stored = parseOwned(
            JSON.stringify({ id: '1', name: 'z', ipv4_addresses: LONG, ipv6_addresses: LONG.map(() => 'fe80::1') }),
          ) as JsonObject;
          if (isFirstChecked) schemaViolation(schema, stored);
          for (const [one, isFrozen, isStoredAnyway] of edits) {
            const made = edited(stored, one);
            const list = made[one.field] as Json[];
            if (isFrozen) Object.freeze(list);
            const expected = firstViolation(schema, made);
            expect(schemaViolation(schema, made, stored)).toEqual(expected);
            // The same again, and without the one before.
            expect(schemaViolation(schema, made)).toEqual(expected);
            // Stored documents are not always valid: others wrote them.
            if (expected === undefined || isStoredAnyway) stored = parseOwned(JSON.stringify(made)) as JsonObject;
            if (expected === undefined && isFrozen) stored = made;
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a list that changes in place is checked each time', () => {
    const list: Json[] = [...LONG];
    const doc = { name: 'z', ipv4_addresses: list, ipv6_addresses: [] };
    expect(schemaViolation(schema, doc)).toBeUndefined();
    list[3] = 'no address';
    expect(schemaViolation(schema, doc, doc)?.path).toEqual(['ipv4_addresses', 3]);
  });

  it('a list that keeps one schema is checked by another', () => {
    const doc = { name: 'z', ipv4_addresses: Object.freeze([...LONG]), ipv6_addresses: [] };
    expect(schemaViolation(schema, doc)).toBeUndefined();
    const stricter = { properties: { ipv4_addresses: { type: 'array', items: { type: 'integer' } } } } as const;
    expect(schemaViolation(stricter, doc, doc)?.path).toEqual(['ipv4_addresses', 0]);
    const shorter = {
      properties: { ipv4_addresses: { type: 'array', maxItems: 10, items: { type: 'string' } } },
    } as const;
    expect(schemaViolation(shorter, doc)?.errorType).toBe('wrong_size');
    expect(schemaViolation(shorter, doc, doc)?.errorType).toBe('wrong_size');
  });
});
