import fc from 'fast-check';
import { expect, it } from 'vitest';
import { malformedFields } from '../../src/firewall/policy/malformed-fields.js';
import type { Document, Json } from '../../src/model/document.js';
import { MalformedRows } from '../../src/world/malformed-rows.js';

const row = fc
  .record({
    group: fc.constantFrom<Json>('web', 'db', 1),
    active: fc.constantFrom<Json>('active', 'retired', 'perhaps'),
    interfaces: fc.constantFrom<Json>('', '{"eth0":["10.0.0.1"]}', '{', '{"eth0":7}'),
    keepalive_timestamp: fc.nat(3),
  })
  .map((fields): Document => ({ ...fields, id: 'h' }));

/** As it counts, every field looked at each time. */
function counted(seen: Document, before: Document | undefined): Document {
  const malformed = malformedFields('host', { ...seen });
  const well = before === undefined ? [] : malformedFields('host', { ...seen, ...before });
  const good = malformed.filter(
    ({ field }) => before?.[field] !== undefined && !well.some((one) => one.field === field),
  );
  return { ...seen, ...Object.fromEntries(good.map(({ field }) => [field, before?.[field] as Json])) };
}

it('a row counts with the last good values of its malformed fields, and is listed as long as it has some', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
      const malformed = new MalformedRows();
      let before: Document | undefined;
      // As a store hands them out, where most fields of a row are those of the one before.
      for (const seen of rows) {
        const now = malformed.mend('host', seen, before);
        expect(now).toEqual(counted(seen, before));
        const wrong = malformedFields('host', { ...seen }).map(({ field }) => field);
        expect(malformed.list().flatMap(({ fields }) => fields.map(({ field }) => field))).toEqual(wrong);
        before = now;
      }
    }),
    { numRuns: 500 },
  );
});
