import { afterEach, beforeEach, expect, it } from 'vitest';
import { fencedStore } from '../../src/store/fenced-store.js';
import { readOnlyStore } from '../../src/store/read-only-store.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { StoreError, type Store } from '../../src/store/store.js';
import { storeWithNews } from '../../src/store/store-with-news.js';

let store: Store;
beforeEach(async () => {
  store = await createSqliteStore({ path: ':memory:' });
});
afterEach(() => store.close());

it('gives at once what get gives: the newest that was committed, nothing that was removed', async () => {
  const stores = [
    store,
    readOnlyStore(store),
    fencedStore(store, () => undefined),
    storeWithNews(store, () => undefined),
  ];
  const both = async (id: string) => {
    const got = await store.get('zone', id);
    for (const one of stores) expect(one.held?.('zone', id)).toBe(got);
    return got?.doc['name'];
  };
  expect(await both('z')).toBeUndefined();
  await store.commit([{ op: 'create', table: 'zone', doc: { id: 'z', name: 'one' } }], { author: 'test' });
  expect(await both('z')).toBe('one');
  const edit = () => ({ id: 'z', name: 'two' });
  await store.commit([{ op: 'edit', table: 'zone', id: 'z', edit }], { author: 'test' });
  expect(await both('z')).toBe('two');
  await store.commit([{ op: 'remove', table: 'zone', id: 'z' }], { author: 'test' });
  expect(await both('z')).toBeUndefined();
});

it('throws what get rejects with', async () => {
  await store.close();
  await expect(store.get('zone', 'z')).rejects.toThrow(StoreError);
  expect(() => store.held?.('zone', 'z')).toThrow(StoreError);
});
