import { expect, it } from 'vitest';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { storeWithNews, type Edit } from '../../src/store/store-with-news.js';

it('tells of each document that an audited commit has changed, and of nothing else', async () => {
  const edits: Edit[] = [];
  const store = storeWithNews(await createSqliteStore({ path: ':memory:' }), (edit) => edits.push(edit));
  const by = { author: 'anna' };
  const zone = { id: 'z', name: 'office' };
  const create = { op: 'create', table: 'zone', doc: zone, uniqueOn: ['name'] } as const;
  const edit = (note: number) => ({ op: 'edit', table: 'zone', id: 'z', edit: () => ({ ...zone, note }) }) as const;
  await store.commit([create], by);
  await store.commit([create], by);
  await store.commit([edit(1)], by);
  await store.commit([edit(1)], by);
  await store.commit([edit(2)], { ...by, audit: false });
  await store.commit([{ op: 'edit', table: 'zone', id: 'z', edit: () => ({ refused: {} }) }], by);
  await store.commit([{ op: 'upsert', table: 'zone', id: 'y', edit: () => ({ id: 'y', name: 'lab' }) }], by);
  await store.commit(
    [
      { op: 'remove', table: 'zone', id: 'z', guard: () => undefined },
      { op: 'remove', table: 'zone', id: 'y' },
    ],
    by,
  );
  expect(edits.map(({ change, id, doc, author }) => [change, id, doc?.name, author])).toEqual([
    ['created', 'z', 'office', 'anna'],
    ['changed', 'z', 'office', 'anna'],
    ['created', 'y', 'lab', 'anna'],
    ['removed', 'z', 'office', 'anna'],
    ['removed', 'y', undefined, 'anna'],
  ]);
  await store.close();
});
