import { expect, it, onTestFinished } from 'vitest';
import type { Document } from '../../../src/model/document.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import type { FeedEvent } from '../../../src/store/store.js';
import { BY, create, written } from '../suite/harness.js';

const LIST = Array.from({ length: 2000 }, (_, n) => `10.0.${n >> 8}.${n & 255}`);

it('the audit trail and a feed show a large document whole, before and after', async () => {
  const store = await createSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  const past: Document[] = [{ id: 'z', name: 'a', token: 'one', list: LIST }];
  written(await store.commit([create('zone', past[0] as Document)], BY));
  const seen: FeedEvent[] = [];
  const first = store.feed('zone', undefined, (event) => seen.push(event));
  await expect.poll(() => seen.length).toBe(1);
  await first.close();
  const { cursor } = seen[0] as FeedEvent & { type: 'snapshot' };
  for (const doc of [
    { id: 'z', name: 'b', token: 'one', list: LIST.toSpliced(700, 1, '192.0.2.1', '192.0.2.2') },
    { id: 'z', token: 'two', more: 1, list: LIST.toSpliced(1990, 3) },
    { id: 'z', token: 'two', list: ['192.0.2.3'] },
  ]) {
    past.push(doc);
    written(await store.commit([{ op: 'edit', table: 'zone', id: 'z', edit: () => doc }], BY));
  }
  const shown = past.map((doc) => ({ ...doc, token: '[redacted]' }));
  const entries = await store.audit({ limit: 10 });
  expect(entries.map(({ before, after }) => ({ before, after })).reverse()).toEqual(
    shown.map((after, n) => ({ before: shown[n - 1] ?? null, after })),
  );
  const again: FeedEvent[] = [];
  const second = store.feed('zone', cursor, (event) => again.push(event));
  await expect.poll(() => again.length).toBe(1);
  await second.close();
  expect(again[0]).toMatchObject({
    type: 'changes',
    changes: past.slice(1).map((after, n) => ({ id: 'z', before: past[n], after })),
  });
});
