import { expect, it } from 'vitest';
import { FailureLimit } from '../../src/http/access/failure-limit.js';

it('limits an address for the rest of its minute, and no other address', () => {
  const limit = new FailureLimit(2);
  const tries = [0, 10, 20_000, 59_000, 60_000].map((now) => limit.failed('192.0.2.1', now));
  expect(tries).toEqual([undefined, undefined, 40, 1, undefined]);
  expect(limit.failed('192.0.2.2', 20_000)).toBeUndefined();
});

it('remembers an address that goes on failing, however many others come between', () => {
  const limit = new FailureLimit(1);
  limit.failed('192.0.2.1', 0);
  for (let n = 0; n < 30_000; n += 1) {
    limit.failed(`2001:db8::${n.toString(16)}`, 0);
    if (n % 5000 === 0) expect(limit.failed('192.0.2.1', 0)).toBe(60);
  }
  // One that came once and was forgotten since has its minute again.
  expect(limit.failed('2001:db8::0', 0)).toBeUndefined();
});
