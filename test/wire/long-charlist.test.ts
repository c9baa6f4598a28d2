import { expect, it } from 'vitest';
import { encodeTerm } from '../../src/wire/encode.js';
import { longCharlist } from '../../src/wire/long-charlist.js';
import { charlist } from '../../src/wire/term.js';

it('parts are the charlist of all their bytes, the first time and again, whatever its length', () => {
  for (const length of [0, 1, 5000, 65_535, 65_536, 200_000]) {
    const whole = Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 256));
    const parts = [whole.subarray(0, 10), whole.subarray(10, 9000), whole.subarray(9000)];
    const wanted = encodeTerm(charlist(whole));
    for (let again = 0; again < 2; again += 1) expect(encodeTerm(longCharlist(parts)).equals(wanted)).toBe(true);
  }
});
