import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeCheck, rowCheck } from '../../../src/store/sqlite/row-check.js';

it('a long text has the sum of all of it, wherever it is cut', () => {
  const piece = fc.constantFrom('a', 'ü', '€', '😀', '\ud83d', '\ude00');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.integer({ min: (1 << 15) - 8, max: (1 << 15) + 1 }),
      (pieces, at) => {
        const text = `${'x'.repeat(at)}${pieces.join('')}${'y'.repeat(40_000)}`;
        expect(rowCheck(1, 'zone', 'i', 2, text)).toBe(crc32(text, crc32('1\0zone\0i\x002\0')));
        expect(changeCheck(1, 'zone', 'i', 'u', text)).toBe(crc32(text, crc32('1\0zone\0i\0u\0')));
      },
    ),
    // Half a pair alone before a whole one, where the text is cut.
    { examples: [[['\ud83d', '😀'], (1 << 15) - 1]] },
  );
});
