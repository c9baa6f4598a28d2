import fc from 'fast-check';
import { expect, it } from 'vitest';
import { finish } from '../../src/firewall/finish.js';
import { sha256, sha256InSteps } from '../../src/firewall/hash/sha256.js';
import { wantedSetsInSteps } from '../../src/firewall/policy/wanted-sets.js';
import { buildSetInSteps } from '../../src/firewall/sets/build-set.js';
import { A_STEP, joinInSteps, mapInSteps, sortNumbersInSteps, sortTextsInSteps } from '../../src/firewall/steps.js';
import { makePolicy } from '../support/make-policy.js';

function pausesOf(work: Generator<void, unknown>): number {
  let pauses = 0;
  while (work.next().done !== true) pauses += 1;
  return pauses;
}

/** Lists around the borders of steps, with repeats. */
const numbers = fc
  .tuple(fc.integer({ min: 1, max: 1 << 30 }), fc.constantFrom(0, 1, 7, A_STEP - 1, A_STEP, A_STEP + 1, 3 * A_STEP + 5))
  .map(([seed, length]) => Array.from({ length }, (_, at) => ((at + 1) * seed) % 20_011));

it('lists that are longer than a step are sorted, joined and mapped as short ones are', () => {
  fc.assert(
    fc.property(numbers, (list) => {
      const texts = list.map((number) => number.toString(36));
      expect(finish(sortNumbersInSteps(list))).toEqual([...list].sort((a, b) => a - b));
      expect(finish(sortTextsInSteps(texts))).toEqual([...texts].sort());
      expect(finish(joinInSteps(texts, '\n'))).toBe(texts.join('\n'));
      expect(finish(mapInSteps(list, (number, at) => number * at))).toEqual(list.map((number, at) => number * at));
    }),
    { numRuns: 40 },
  );
});

it('a long text has the hash that it has as a whole, wherever a character of two units stands', () => {
  for (const before of [0, (1 << 20) - 1, 1 << 20, (1 << 21) - 1]) {
    const text = `${'a'.repeat(before)}\u{1f525}${'b'.repeat(100)}`;
    expect(finish(sha256InSteps(text))).toBe(sha256(text));
  }
});

it('pauses within one large set, from its document to its text', () => {
  const ipv4_addresses = Array.from(
    { length: 5 * A_STEP },
    (_, n) => `10.${n >> 14}.${(n >> 6) & 255}.${(n & 63) * 4}`,
  );
  const zone = [{ id: 'z', name: 'office', ipv4_addresses, ipv6_addresses: [] }];
  for (const dialect of ['dog1', 'dog2'] as const) {
    const policy = makePolicy({ zone: [{ ...zone[0], id: dialect }] });
    // In `dog2` nothing is read before the set is built.
    if (dialect === 'dog1') expect(pausesOf(wantedSetsInSteps(policy, dialect))).toBeGreaterThanOrEqual(5);
    const { wanted } = finish(wantedSetsInSteps(policy, dialect));
    const large = wanted.find(({ addresses }) => addresses.length > A_STEP);
    // Read, sort, write and join: several passes of five steps each.
    if (large !== undefined) expect(pausesOf(buildSetInSteps(large, dialect))).toBeGreaterThanOrEqual(20);
    expect(large).toBeDefined();
  }
});
