import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHashes, hashMemoryOf, type HashMemory, type Hashes, type Wanted } from '../../src/host/hash-check.js';

const W = 180;
const NOW = 1_000_000;
const options = { toleranceSeconds: W, maxFailCount: 2, checkV6: true };
const right: Hashes = {
  hash4_ipsets: 'a',
  hash6_ipsets: 'b',
  hash4_iptables: 'c',
  hash6_iptables: 'd',
  ipset_hash: 's',
};
const { ipset_hash: _sets, ...ruleHashes } = right;
function wantedAt(rulesChanged: number, setsChanged: number): Wanted {
  return {
    rules: { hashes: ruleHashes, changedAt: rulesChanged },
    sets: { hashes: new Set(['s']), newest: 's', changedAt: setsChanged },
  };
}
const long = NOW - 100_000;
function memory(over: Partial<HashMemory> = {}): HashMemory {
  return {
    hash_fail_count: 0,
    iptables_hash_timestamp: long,
    ipset_hash_timestamp: long,
    ...over,
  };
}

describe('the hash check', () => {
  it('passes and forgets all when every part matches', () => {
    const verdict = checkHashes(right, wantedAt(long, long), memory({ hash_fail_count: 7 }), NOW, options);
    expect(verdict).toEqual({
      pass: true,
      differing: [],
      setsOutdated: false,
      memory: { hash_fail_count: 0, iptables_hash_timestamp: NOW, ipset_hash_timestamp: NOW },
    });
  });

  it('fails at the second report that differs, once nothing excuses it, and goes on failing', () => {
    const wrong = { ...right, hash4_ipsets: 'x' };
    let known = memory({ iptables_hash_timestamp: NOW });
    const verdicts: boolean[] = [];
    for (let minute = 1; minute <= 20; minute += 1) {
      const verdict = checkHashes(wrong, wantedAt(long, long), known, NOW + minute * 60, options);
      known = verdict.memory;
      verdicts.push(verdict.pass);
    }
    // Tolerated for three minutes, counted once, and from then on wrong until it is right.
    expect(verdicts).toEqual([true, true, true, true, ...Array<boolean>(16).fill(false)]);
  });

  it('takes older sets within the window, but knows a host that missed the new ones', () => {
    const older = { ...right, ipset_hash: 'before' };
    const wanted = (changedAt: number): Wanted => ({
      sets: { hashes: new Set(['s', 'before']), newest: 's', changedAt },
    });
    const verdict = (changedAt: number) => checkHashes(older, wanted(changedAt), memory(), NOW, options);
    expect(verdict(NOW - W)).toMatchObject({ pass: true, differing: [], setsOutdated: false });
    expect(verdict(NOW - W - 1)).toMatchObject({ pass: true, differing: [], setsOutdated: true });
    expect(checkHashes(right, wanted(long), memory(), NOW, options).setsOutdated).toBe(false);
  });

  it('excuses a part that the server changed a moment ago, and only that part', () => {
    const both = { ...right, hash4_ipsets: 'x', ipset_hash: 'y' };
    const once = memory({ hash_fail_count: 1 });
    expect(checkHashes(both, wantedAt(NOW - 10, NOW - 10), once, NOW, options).pass).toBe(true);
    expect(checkHashes(both, wantedAt(NOW - 10, long), once, NOW, options).pass).toBe(false);
    expect(checkHashes(both, wantedAt(long, NOW - 10), once, NOW, options).pass).toBe(false);
    const sets = { ...right, ipset_hash: 'y' };
    expect(checkHashes(sets, wantedAt(long, NOW - 10), once, NOW, options)).toMatchObject({
      pass: true,
      differing: ['ipset_hash'],
      memory: { hash_fail_count: 1, iptables_hash_timestamp: NOW },
    });
  });

  it('compares no v6 hash with check_v6_hashes off, and nothing that was never published', () => {
    const wrong = { ...right, hash6_ipsets: 'x', hash6_iptables: 'x' };
    const off = { ...options, checkV6: false };
    expect(checkHashes(wrong, wantedAt(long, long), memory(), NOW, off).differing).toEqual([]);
    expect(checkHashes({ ...right, hash4_iptables: 'x' }, wantedAt(long, long), memory(), NOW, off).differing).toEqual([
      'hash4_iptables',
    ]);
    expect(checkHashes(wrong, {}, memory(), NOW, options)).toMatchObject({ pass: true, differing: [] });
  });

  it('is what the rule says word for word, whatever the stamps', () => {
    const stamp = fc.oneof(fc.constant<''>(''), fc.integer({ min: NOW - 3 * W, max: NOW }));
    fc.assert(
      fc.property(
        fc.record({
          rulesDiffer: fc.boolean(),
          setsDiffer: fc.boolean(),
          rulesStamp: stamp,
          setsStamp: stamp,
          rulesChanged: fc.integer({ min: NOW - 3 * W, max: NOW }),
          setsChanged: fc.integer({ min: NOW - 3 * W, max: NOW }),
          count: fc.nat({ max: 3 }),
          limit: fc.integer({ min: 1, max: 4 }),
        }),
        (given) => {
          const report: Hashes = {
            ...right,
            ...(given.rulesDiffer ? { hash6_iptables: 'x' } : {}),
            ...(given.setsDiffer ? { ipset_hash: 'x' } : {}),
          };
          const known = {
            hash_fail_count: given.count,
            iptables_hash_timestamp: given.rulesStamp,
            ipset_hash_timestamp: given.setsStamp,
          };
          const wanted = wantedAt(given.rulesChanged, given.setsChanged);
          const verdict = checkHashes(report, wanted, known, NOW, { ...options, maxFailCount: given.limit });

          const within = (at: number | '') => at !== '' && NOW - at <= W;
          const excused = (differs: boolean, stamped: number | '', changed: number) =>
            !differs || within(stamped) || within(changed);
          const allMatch = !given.rulesDiffer && !given.setsDiffer;
          const allExcused =
            excused(given.rulesDiffer, given.rulesStamp, given.rulesChanged) &&
            excused(given.setsDiffer, given.setsStamp, given.setsChanged);
          const count = allMatch ? 0 : allExcused ? given.count : given.count + 1;
          expect(verdict.memory.hash_fail_count).toBe(count);
          expect(verdict.pass).toBe(allMatch || allExcused || count < given.limit);
          expect(verdict.memory.iptables_hash_timestamp).toBe(given.rulesDiffer ? given.rulesStamp : NOW);
          expect(verdict.memory.ipset_hash_timestamp).toBe(given.setsDiffer ? given.setsStamp : NOW);
        },
      ),
    );
  });

  it('reads the memory of rows made elsewhere, whatever is in them', () => {
    expect(hashMemoryOf({})).toEqual({ hash_fail_count: 0, iptables_hash_timestamp: '', ipset_hash_timestamp: '' });
    expect(hashMemoryOf({ hash_fail_count: -3, iptables_hash_timestamp: 'never', ipset_hash_timestamp: 12.5 })).toEqual(
      { hash_fail_count: 0, iptables_hash_timestamp: '', ipset_hash_timestamp: 12.5 },
    );
    expect(hashMemoryOf({ hash_fail_count: 2.9 }).hash_fail_count).toBe(2);
  });
});
