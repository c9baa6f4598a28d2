import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepingCommits, sharingPublished } from '../../../src/actors/last-good/kept-sets.js';

const sets = fc
  .dictionary(fc.constantFrom('a_zv4', 'b_zv4', 'c_gv6', 'd_gv6'), fc.array(fc.constantFrom('192.0.2.1', '192.0.2.2')))
  .map((lists) => new Map(Object.entries(lists)));

describe('what is kept of sets', () => {
  it('says the same with the lists that are published in place of equal ones, which then are those', () => {
    fc.assert(
      fc.property(sets, sets, sets, fc.boolean(), (kept, published, users, certain) => {
        const shared = sharingPublished(kept, published);
        expect([...shared]).toEqual([...kept]);
        for (const [name, list] of shared) {
          const out = published.get(name);
          if (out !== undefined && JSON.stringify(out) === JSON.stringify(list)) expect(list).toBe(out);
        }
        expect(sharingPublished(shared, published)).toBe(shared);
        const commits = (from: typeof shared) =>
          keepingCommits(from, published, { users, certain }).map(({ changes, then }) => [
            changes.map((change) => JSON.stringify(change)),
            [...then],
          ]);
        expect(commits(shared)).toEqual(commits(kept));
      }),
    );
  });
});
