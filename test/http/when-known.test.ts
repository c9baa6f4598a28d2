import { expect, it } from 'vitest';
import { whenKnown } from '../../src/http/when-known.js';

it('goes on at once where the value is known, else when it is', async () => {
  expect(whenKnown(1, (value) => value + 1)).toBe(2);
  const later = whenKnown(Promise.resolve(1), (value) => value + 1);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toBe(2);
});

it('throws, or rejects with, what the next step throws', async () => {
  const fail = (): never => {
    throw new Error('no');
  };
  expect(() => whenKnown(1, fail)).toThrow('no');
  await expect(whenKnown(Promise.resolve(1), fail)).rejects.toThrow('no');
});
