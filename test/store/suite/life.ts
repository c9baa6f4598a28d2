import { describe, expect, it } from 'vitest';
import type { StoreTraits } from './harness.js';
import { BY, create, eachTest, one } from './harness.js';

/** Opening, closing, and what a closed store says. */
export function lifeSuite(traits: StoreTraits): void {
  const test = eachTest(traits);

  it('is up from the start', () => {
    expect(test.store().state()).toMatchObject({ up: true });
    expect(test.store().state().since).toBeGreaterThan(0);
  });

  it('writes what was asked before it is closed, and keeps it', async () => {
    const pending = Array.from({ length: 50 }, (_, i) => test.store().commit([create('zone', { id: `z${i}` })], BY));
    await Promise.all([test.store().close(), test.store().close()]);
    const results = (await Promise.all(pending)).map(one);
    const store = await test.reopen();
    expect(await store.list('zone')).toEqual(expect.arrayContaining(results));
  });

  describe('once closed', () => {
    it.each(['now', 'get', 'list', 'find', 'commit', 'audit'] as const)('%s rejects', async (call) => {
      const store = test.store();
      await store.close();
      const calls = {
        now: () => store.now(),
        get: () => store.get('zone', 'a'),
        list: () => store.list('zone'),
        find: () => store.find('zone', 'name', 'a'),
        commit: () => store.commit([], BY),
        audit: () => store.audit({ limit: 1 }),
      };
      await expect(calls[call]()).rejects.toMatchObject({ name: 'StoreError', code: 'closed', retry: false });
    });
  });
}
