import { expect, it } from 'vitest';
import { finish } from '../../src/firewall/finish.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { elementsInSteps, longCharlist } from '../../src/wire/long-charlist.js';
import { charlist } from '../../src/wire/term.js';

it('parts are the charlist of all their bytes, the first time and again, whatever its length', () => {
  for (const length of [0, 1, 5000, 65_535, 65_536, 200_000]) {
    const whole = Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 256));
    const parts = [whole.subarray(0, 10), whole.subarray(10, 9000), whole.subarray(9000)];
    const wanted = encodeTerm(charlist(whole));
    for (let again = 0; again < 2; again += 1) expect(encodeTerm(longCharlist(parts)).equals(wanted)).toBe(true);
  }
});

it('parts that were made ready before come to the same, and those that are new are made with pauses', () => {
  const parts = Array.from({ length: 40 }, (_, n) => Buffer.alloc(10_000 + n, `${n} `));
  const wanted = encodeTerm(charlist(Buffer.concat(parts)));
  expect([...elementsInSteps(parts)].length).toBeGreaterThan(1);
  expect([...elementsInSteps(parts)]).toHaveLength(0);
  finish(elementsInSteps([...parts, Buffer.from('more')]));
  expect(encodeTerm(longCharlist(parts)).equals(wanted)).toBe(true);
});
