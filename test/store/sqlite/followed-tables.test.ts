import { expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { BY, create, patch, Watcher, written } from '../suite/harness.js';

it.each(['ruleset_text', 'host'] as const)(
  'a feed of %s, whose changes are not kept, goes on live, and begins with a snapshot when it is opened again',
  async (table) => {
    const store = await createSqliteStore({ path: ':memory:' });
    written(await store.commit([create(table, { id: 'a', n: 1 })], BY));
    const first = new Watcher(store, table);
    await first.until(({ rows }) => rows.has('a'));
    written(await store.commit([patch(table, 'a', { n: 2 })], BY));
    await first.until(({ rows }) => rows.get('a')?.['n'] === 2);
    await first.feed.close();
    written(await store.commit([create(table, { id: 'b' })], BY));
    const again = new Watcher(store, table, first.cursor, first.rows);
    await again.until(({ rows }) => rows.has('b'));
    expect(again.events.map(({ type }) => type)).toEqual(['snapshot']);
    expect([...again.rows.values()]).toEqual([{ id: 'a', n: 2 }, { id: 'b' }]);
    await again.feed.close();
    await store.close();
  },
);
