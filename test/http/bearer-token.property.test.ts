import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newToken, readBearer } from '../../src/http/access/bearer-token.js';

const id = fc.stringMatching(/^[0-9a-f]{16}$/);
const secret = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);

it('reads every token back, also one whose secret begins with, holds or ends with `_` and `-`', () => {
  fc.assert(
    fc.property(id, fc.oneof(secret, fc.constantFrom('_'.repeat(43), '-'.repeat(43))), (name, word) => {
      expect(readBearer(`Bearer dog_${name}_${word}`)).toEqual({ id: name, secret: word });
    }),
  );
  for (let made = 0; made < 500; made += 1) {
    const { text, ...parts } = newToken();
    expect(readBearer(`Bearer ${text}`)).toEqual(parts);
  }
});
