import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

it('rows of hosts over the bounds are read without their long fields, by name, and can be written again', async () => {
  const path = join(temporaryDirectory(), 'dog_trainer.db');
  const host = (n: number, length: number) =>
    ({ op: 'create', table: 'host', doc: { hostkey: `host-${n}`, name: `n${n}`, group: 'web', interfaces: 'x'.repeat(length) } }) as const; // prettier-ignore
  let store = await createSqliteStore({ path });
  await store.commit([host(1, 100), host(2, 600_000), host(3, 90_000), host(4, 90_000)], { author: 'test' });
  await store.close();

  const told: string[] = [];
  const hostBounds = { rowBytes: 512 * 1024, totalBytes: 100_000 };
  store = await createSqliteStore({ path, hostBounds, notice: (text) => told.push(text) });
  const lengths = async (): Promise<unknown[]> =>
    (await store.list('host')).map(({ doc }) => [doc.hostkey, (doc.interfaces as string | undefined)?.length]);
  expect(await lengths()).toEqual([
    ['host-1', 100],
    ['host-2', undefined],
    ['host-3', 90_000],
    ['host-4', undefined],
  ]);
  expect(told.join()).toContain('host-2 (');
  expect(told.join()).toContain('host-4 (');
  const id = (await store.list('host'))[1]?.doc.id ?? '';
  const done = await store.commit(
    [{ op: 'edit', table: 'host', id, edit: (doc) => ({ ...doc, interfaces: 'short' }) }],
    { author: 'test' },
  );
  expect(done.ok).toBe(true);
  await store.close();
  store = await createSqliteStore({ path });
  expect((await lengths())[1]).toEqual(['host-2', 5]);
  expect((await lengths())[3]).toEqual(['host-4', 90_000]);
  await store.close();
});
