import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fencedStore } from '../../src/store/fenced-store.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Fence, Store } from '../../src/store/store.js';
import { BY, create, Watcher, written } from './suite/harness.js';

describe('the store of the one who leads', () => {
  let plain: Store;
  let fence: Fence | undefined;
  let store: Store;
  beforeEach(async () => {
    plain = await createSqliteStore({ path: ':memory:' });
    fence = undefined;
    store = fencedStore(plain, () => fence);
  });
  afterEach(() => plain.close());

  it('writes as long as the fence of that moment is ahead, and goes by it when it is moved', async () => {
    fence = { term: 1, until: (await store.now()) + 3_600_000 };
    written(await store.commit([create('zone', { id: 'a' })], BY));
    fence = { term: 1, until: await store.now() };
    await expect(store.commit([create('zone', { id: 'b' })], BY)).rejects.toMatchObject({ code: 'fenced' });
    fence = { term: 1, until: fence.until + 3_600_000 };
    written(await store.commit([create('zone', { id: 'c' })], { ...BY, audit: false }));
    expect((await plain.list('zone')).map(({ doc }) => doc.id)).toEqual(['a', 'c']);
    expect(await plain.audit({ limit: 10 })).toMatchObject([{ author: BY.author, id: 'a' }]);
  });

  it('refuses every commit without one, also what would be allowed by a fence of the caller', async () => {
    const own = { term: 1, until: (await store.now()) + 3_600_000 };
    const refused = store.commit([create('zone', { id: 'a' })], { ...BY, fence: own });
    await expect(refused).rejects.toMatchObject({ name: 'StoreError', code: 'fenced', retry: true });
    expect(await plain.list('zone')).toEqual([]);
  });

  it('is in all else the store', async () => {
    written(await plain.commit([create('zone', { id: 'a', name: 'n' })], BY));
    expect(store.kind).toBe('sqlite');
    expect((await store.get('zone', 'a'))?.doc.id).toBe('a');
    expect(await store.list('zone')).toEqual(await plain.list('zone'));
    expect(await store.find('zone', 'name', 'n')).toHaveLength(1);
    expect(await store.audit({ limit: 1 })).toHaveLength(1);
    const watcher = new Watcher(store, 'zone');
    await watcher.until(({ rows }) => rows.has('a'));
    await watcher.feed.close();
    const states: boolean[] = [];
    store.onState(({ up }) => states.push(up))();
    expect(store.state()).toEqual(plain.state());
    await store.close();
    await expect(plain.list('zone')).rejects.toMatchObject({ code: 'closed' });
  });
});
