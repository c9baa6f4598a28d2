import fc from 'fast-check';
import { expect, it } from 'vitest';
import { zone } from '../../src/resources/zone.js';
import { parseOwned } from '../../src/store/owned-json.js';
import type { Document } from '../../src/model/document.js';

it('addresses are in lower case, whatever was looked at before', () => {
  const lists = fc.array(fc.constantFrom('FE80::1', 'fe80::1', 'É', 'x', 1, null), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(lists, { minLength: 1, maxLength: 5 }), fc.boolean(), (all, isFrozen) => {
      const docs = all.map((list) => ({ id: '1', name: 'z', ipv6_addresses: list }));
      const frozen = docs.map((doc) => (isFrozen ? (parseOwned(JSON.stringify(doc)) as Document) : doc));
      for (const [n, doc] of [...frozen, ...frozen].entries()) {
        const expected = (doc['ipv6_addresses'] as unknown[]).map((one) =>
          typeof one === 'string' ? one.toLowerCase() : one,
        );
        expect(zone.touch?.(doc, 0, frozen[n - 1])?.['ipv6_addresses']).toEqual(expected);
        expect(zone.touch?.(doc, 0)?.['ipv6_addresses']).toEqual(expected);
      }
    }),
  );
});
