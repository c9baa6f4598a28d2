import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { setsHash } from '../../src/firewall/hash/normalize-sets.js';
import { IncrementalSets } from '../../src/firewall/sets/incremental-sets.js';
import type { WantedSet } from '../../src/firewall/sets/build-set.js';
import { createOracle } from '../support/kernel-oracle.js';

/**
 * Trial 14: zones of 65,536, 65,537 and 1,000,000 addresses. What can be merged is merged; at the kernel's limit it
 * loads; above it the set keeps its last good content, with a clear error, and no other set is touched.
 */
const LIMIT = 65_536;

const dotted = (n: number): string => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
const FIRST = 0x0a000000;
/** Every address, so that `dog2` can merge them; or every second one, so that it can't. */
const spaced = (count: number, step: 1 | 2): string[] =>
  Array.from({ length: count }, (_, i) => `${dotted(FIRST + i * step)}/32`);
const spacedV6 = (count: number, step: 1 | 2): string[] =>
  Array.from({ length: count }, (_, i) => {
    const n = i * step;
    return `fd00::${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}/128`;
  });

const zone = (base: string, addresses: readonly string[], family: 'v4' | 'v6' = 'v4'): WantedSet => ({
  base,
  kind: 'zone',
  family,
  addresses,
  order: 'sorted',
});

const oracle = await createOracle();

if ('unavailable' in oracle) {
  it.skip(`trial 14: large zones (${oracle.unavailable})`, () => undefined);
} else {
  afterEach(() => oracle.reset());
  afterAll(() => oracle.close());

  /** Publishes, and says how many entries the kernel then holds a set. */
  const publish = async (sets: IncrementalSets, wanted: readonly WantedSet[]) => {
    const { text, hash, problems } = sets.compile(wanted);
    expect(await oracle.loadSets(text)).toEqual({ ok: true, message: '' });
    const saved = await oracle.saveSets();
    expect(setsHash(saved)).toBe(hash);
    const counts: Record<string, number> = {};
    for (const [, name = ''] of saved.matchAll(/^add (\S+) /gm)) counts[name] = (counts[name] ?? 0) + 1;
    return { counts, problems };
  };

  describe.each(['dog1', 'dog2'] as const)('trial 14: large zones, %s', (dialect) => {
    const small = zone('small', ['192.0.2.1/32']);

    it('loads at the limit, in both families', async () => {
      const sets = new IncrementalSets(dialect);
      const wanted = [zone('big', spaced(LIMIT, 2)), zone('big', spacedV6(LIMIT, 2), 'v6'), small];
      const { counts, problems } = await publish(sets, wanted);
      expect(counts).toEqual({ big_zv4: LIMIT, big_zv6: LIMIT, small_zv4: 1 });
      expect(problems.map(({ kind }) => kind)).toEqual(['nearly_full', 'nearly_full']);
    });

    it.each([65_537, 1_000_000])('keeps the last good content at %i that cannot be merged', async (count) => {
      const sets = new IncrementalSets(dialect);
      await publish(sets, [zone('big', spaced(3, 2)), small]);
      const grown = zone('small', ['192.0.2.1/32', '192.0.2.3/32']);
      const { counts, problems } = await publish(sets, [zone('big', spaced(count, 2)), grown]);
      expect(counts).toEqual({ big_zv4: 3, small_zv4: 2 });
      expect(problems).toEqual([
        expect.objectContaining({ set: 'big_zv4', kind: 'full', count, instead: 'last_good' }),
      ]);
      expect(problems[0]?.reason).toMatch(/65536/);
    });

    it.each([65_537, 1_000_000])('%i neighbours', async (count) => {
      const sets = new IncrementalSets(dialect);
      const { counts, problems } = await publish(sets, [
        zone('big', spaced(count, 1)),
        zone('big', spacedV6(count, 1), 'v6'),
        small,
      ]);
      if (dialect === 'dog2') {
        expect(problems).toEqual([]);
        const ones = count.toString(2).replaceAll('0', '').length;
        expect(counts).toEqual({ big_zv4: ones, big_zv6: ones, small_zv4: 1 });
      } else {
        expect(counts).toEqual({ small_zv4: 1 });
        expect(problems).toMatchObject([
          { set: 'big_zv4', kind: 'full', instead: 'empty' },
          { set: 'big_zv6', kind: 'full', instead: 'empty' },
        ]);
      }
    });
  });
}
