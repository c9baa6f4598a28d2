import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { setsHash } from '../../src/firewall/ipset/normalize-sets.js';
import type { Document } from '../../src/model/document.js';
import { SetBook } from '../../src/world/set-book.js';
import { createOracle } from '../support/kernel-oracle.js';
import { makePolicy } from '../support/make-policy.js';

/**
 * Trial 14: zones of 65,536, 65,537 and 1,000,000 addresses. What can be merged is merged; at the kernel's limit it
 * loads; above it the set keeps its last good content, with a clear error, and no other set is touched.
 */
const LIMIT = 65_536;

function dotted(n: number): string {
  return [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
}
const FIRST = 0x0a000000;
/** Every address, so that `dog2` can merge them; or every second one, so that it can't. */
function spaced(count: number, step: 1 | 2): string[] {
  return Array.from({ length: count }, (_, i) => `${dotted(FIRST + i * step)}/32`);
}
function spacedV6(count: number, step: 1 | 2): string[] {
  return Array.from({ length: count }, (_, i) => {
    const n = i * step;
    return `fd00::${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}/128`;
  });
}

function zone(name: string, v4: readonly string[], v6: readonly string[] = []): Document {
  return {
    id: name,
    name,
    ipv4_addresses: v4,
    ipv6_addresses: v6,
  };
}

const oracle = await createOracle();

if ('unavailable' in oracle) {
  it.skip(`trial 14: large zones (${oracle.unavailable})`, () => undefined);
} else {
  afterEach(() => oracle.reset());
  afterAll(() => oracle.close());

  /** A server's sets from one state of its zones to the next, loaded: entries that the kernel then holds, by set. */
  const publisher = (dialect: 'dog1' | 'dog2') => {
    const policy = makePolicy({});
    const book = new SetBook(policy, dialect);
    return async (...zones: readonly Document[]) => {
      for (const row of zones) (policy.zone as Map<string, Document>).set(row.id, row);
      const { text, hash, problems } = book.render();
      expect(await oracle.loadSets(text)).toEqual({ ok: true, message: '' });
      const saved = await oracle.saveSets();
      expect(setsHash(saved)).toBe(hash);
      const counts: Record<string, number> = {};
      for (const [, name = ''] of saved.matchAll(/^add (\S+) /gm)) counts[name] = (counts[name] ?? 0) + 1;
      return { counts, problems };
    };
  };

  describe.each(['dog1', 'dog2'] as const)('trial 14: large zones, %s', { timeout: 180_000 }, (dialect) => {
    const small = zone('small', ['192.0.2.1/32']);

    it('loads at the limit, in both families', async () => {
      const publish = publisher(dialect);
      const { counts, problems } = await publish(zone('big', spaced(LIMIT, 2), spacedV6(LIMIT, 2)), small);
      expect(counts).toEqual({ big_zv4: LIMIT, big_zv6: LIMIT, small_zv4: 1 });
      expect(problems.map(({ kind }) => kind)).toEqual(['nearly_full', 'nearly_full']);
    });

    it.each([65_537, 1_000_000])('keeps the last good content at %i that cannot be merged', async (count) => {
      const publish = publisher(dialect);
      await publish(zone('big', spaced(3, 2)), small);
      const grown = zone('small', ['192.0.2.1/32', '192.0.2.3/32']);
      const { counts, problems } = await publish(zone('big', spaced(count, 2)), grown);
      expect(counts).toEqual({ big_zv4: 3, small_zv4: 2 });
      expect(problems).toEqual([
        expect.objectContaining({ set: 'big_zv4', kind: 'full', count, instead: 'last_good' }),
      ]);
      expect(problems[0]?.reason).toMatch(/65536/);
    });

    it.each([65_537, 1_000_000])('%i neighbours', async (count) => {
      const publish = publisher(dialect);
      const { counts, problems } = await publish(zone('big', spaced(count, 1), spacedV6(count, 1)), small);
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
