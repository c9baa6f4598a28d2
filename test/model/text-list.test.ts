import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isTextList } from '../../src/model/text-list.js';

it('a list holds texts alone or not, whatever was asked before', () => {
  const part = fc.oneof({ weight: 500, arbitrary: fc.string() }, fc.constantFrom(1, null, {}, []));
  const lists = fc.array(fc.tuple(fc.array(part, { minLength: 90, maxLength: 130 }), fc.boolean()), { minLength: 1 });
  fc.assert(
    fc.property(lists, fc.array(fc.nat(), { maxLength: 20 }), (all, asked) => {
      for (const [list, isFrozen] of all) if (isFrozen) Object.freeze(list);
      for (const n of asked) {
        const [list, isFrozen] = all[n % all.length] ?? [[], true];
        expect(isTextList(list)).toBe(list.every((one) => typeof one === 'string'));
        if (!isFrozen) list[n % list.length] = n % 3 === 0 ? n : 'text';
      }
    }),
  );
});
