import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import { LookupIndex } from '../../src/world/lookup-index.js';

const KEYS = ['one', 'two', 'three'];

it('rows are found by what they say now, whatever they said before', () => {
  const change = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    hostkey: fc.constantFrom<string | number | null | undefined>(...KEYS, 1, null, undefined),
    gone: fc.boolean(),
    version: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const index = new LookupIndex('hostkey');
      const rows = new Map<string, Document>();
      for (const { id, hostkey, gone, version } of changes) {
        const before = rows.get(id);
        const after: Document | undefined = gone
          ? undefined
          : { id, version, ...(hostkey === undefined ? {} : { hostkey }) };
        index.update({ id, ...(before && { before }), ...(after && { after }) });
        if (after === undefined) rows.delete(id);
        else rows.set(id, after);
        for (const key of KEYS) {
          const wanted = [...rows.values()]
            .filter((row) => row['hostkey'] === key)
            .sort((a, b) => (a.id < b.id ? -1 : 1));
          expect(index.get(key)).toEqual(wanted);
          expect(index.first(key)).toBe(wanted[0]);
          expect(index.count(key)).toBe(wanted.length);
        }
      }
    }),
  );
});
