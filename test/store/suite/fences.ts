import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Change, Fence, Store } from '../../../src/store/store.js';
import type { StoreTraits } from './harness.js';
import { BY, create, eachTest, one, patch, remove, written } from './harness.js';

const HOUR_MS = 3_600_000;

/** The store's clock, and that a server which no longer leads cannot write. */
export function fenceSuite(traits: StoreTraits): void {
  const test = eachTest(traits);

  const fence = async (ms: number): Promise<Fence> => ({ term: 7, until: (await test.store().now()) + ms });

  it('has a clock that goes, and goes right', async () => {
    const from = Date.now();
    const first = await test.store().now();
    expect(Number.isInteger(first)).toBe(true);
    let second = first;
    while (second <= first) second = await test.store().now();
    expect(first).toBeGreaterThan(from - 1_000);
    expect(second).toBeLessThan(Date.now() + 1_000);
  });

  describe.each<[string, readonly Change[], boolean]>([
    ['an edit', [patch('zone', 'a', { n: 2 })], false],
    ['an audited edit', [patch('zone', 'a', { n: 2 })], true],
    ['a new document', [create('zone', { id: 'b' })], false],
    ['a new document with a name of its own', [create('zone', { id: 'b', name: 'b' }, ['name'])], true],
    ['an upsert', [{ op: 'upsert', table: 'zone', id: 'b', edit: () => ({ id: 'b' }) }], false],
    ['a removal', [remove('zone', 'a')], false],
    [
      'several steps in two tables',
      [patch('zone', 'a', { n: 2 }), create('group', { id: 'g', name: 'g' }, ['name']), create('zone', { id: 'b' })],
      false,
    ],
  ])('%s', (_what, changes, audit) => {
    it('is written before the fence', async () => {
      await begin();
      written(await test.store().commit(changes, { ...BY, audit, fence: await fence(HOUR_MS) }));
      expect(await all(test.store())).not.toEqual(BEGUN);
    });

    it('is refused from the fence on: nothing is written, and nothing is in the way of the next', async () => {
      await begin();
      const at = await fence(0);
      await expect(test.store().commit(changes, { ...BY, audit, fence: at })).rejects.toMatchObject({
        name: 'StoreError',
        code: 'fenced',
        retry: true,
        message: expect.stringMatching(`until ${new Date(at.until).toISOString()} \\(term 7\\)`) as string,
      });
      expect(await all(test.store())).toEqual(BEGUN);
      expect(await test.store().audit({ limit: 10 })).toEqual([]);
      expect(test.store().state().up).toBe(true);
      written(await test.store().commit(changes, { ...BY, audit }));
      expect(await all(test.store())).not.toEqual(BEGUN);
      expect(await test.store().audit({ limit: 10 })).toHaveLength(audit ? 1 : 0);
    });
  });

  it('refuses what is behind its fence alone: others that wait with it are written', async () => {
    await begin();
    const at = await fence(0);
    const [refused, free, good] = await Promise.allSettled([
      test.store().commit([patch('zone', 'a', { n: 2 })], { ...BY, fence: at }),
      test.store().commit([create('zone', { id: 'b' })], BY),
      test.store().commit([create('zone', { id: 'c' })], { ...BY, fence: { ...at, until: at.until + HOUR_MS } }),
    ]);
    expect([refused, free, good]).toMatchObject([
      { reason: { code: 'fenced' } },
      { value: { ok: true } },
      { value: { ok: true } },
    ]);
    expect((await all(test.store())).zones).toEqual([{ id: 'a', n: 1 }, { id: 'b' }, { id: 'c' }]);
  });

  describe.each([false, true])('that comes while a commit (audited: %s) waits for a lock of another', (audit) => {
    it('counts', async () => {
      await begin();
      const release = await test.block('zone', 'a');
      const at = await fence(200);
      const waiting = test.store().commit([patch('zone', 'a', { n: 2 })], { ...BY, audit, fence: at });
      const refused = expect(waiting).rejects.toMatchObject({ code: 'fenced' });
      while ((await test.store().now()) < at.until) await sleep(10);
      await release();
      await refused;
      expect(await all(test.store())).toEqual(BEGUN);
      expect(await test.store().audit({ limit: 10 })).toEqual([]);
      written(await test.store().commit([patch('zone', 'a', { n: 3 })], { ...BY, fence: await fence(HOUR_MS) }));
    });

    it('and one that is far off lets it through after the wait', async () => {
      await begin();
      const release = await test.block('zone', 'a');
      const at = await fence(HOUR_MS);
      const waiting = test.store().commit([patch('zone', 'a', { n: 2 })], { ...BY, audit, fence: at });
      await sleep(50);
      await release();
      expect(one(await waiting).doc).toEqual({ id: 'a', n: 2 });
    });
  });

  const BEGUN = { zones: [{ id: 'a', n: 1 }], groups: [] };

  async function begin(): Promise<void> {
    written(await test.store().commit([create('zone', { id: 'a', n: 1 })], { ...BY, audit: false }));
  }
}

/** What is in the tables that the suite writes to. */
async function all(store: Store) {
  const docs = async (table: 'zone' | 'group') =>
    (await store.list(table)).map(({ doc }) => doc).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { zones: await docs('zone'), groups: await docs('group') };
}
