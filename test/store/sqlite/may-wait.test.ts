import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { openLogSync } from '../../../src/store/sqlite/log-sync.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { BY, create, patch, written } from '../suite/harness.js';

const LATER = { ...BY, audit: false, mayWait: true };

async function counted(path = join(temporaryDirectory(), 'dog_trainer.db')) {
  let syncs = 0;
  const openLog = (file: string) => {
    const real = openLogSync(file);
    return { ...real, sync: () => (syncs++, real.sync()) };
  };
  const store = await createSqliteStore({ path, openLog });
  onTestFinished(() => store.close());
  return { store, path, syncs: () => syncs };
}

it('a commit that may wait is written along with the next one that may not, before it', async () => {
  const { store, syncs } = await counted();
  const first = store.commit([create('zone', { id: 'z', n: 0 })], LATER);
  const second = store.commit([patch('zone', 'z', { n: 1 })], BY);
  written(await first);
  written(await second);
  expect(syncs()).toBe(1);
  expect((await store.get('zone', 'z'))?.doc).toEqual({ id: 'z', n: 1 });
});

it('by itself it is written all the same', async () => {
  const { store, syncs } = await counted();
  written(await store.commit([create('zone', { id: 'z' })], LATER));
  expect(syncs()).toBe(1);
});

it('one that may wait for long goes along with one that may wait less, whichever came first', async () => {
  const { store, syncs } = await counted();
  const long = { ...LATER, mayWait: 1e9 };
  const short = { ...LATER, mayWait: 1 };
  const first = store.commit([create('zone', { id: 'a' })], long);
  const second = store.commit([create('zone', { id: 'b' })], short);
  for (const each of await Promise.all([first, second])) written(each);
  expect(syncs()).toBe(1);
  const third = store.commit([create('zone', { id: 'c' })], short);
  const fourth = store.commit([create('zone', { id: 'd' })], long);
  for (const each of await Promise.all([third, fourth])) written(each);
  expect(syncs()).toBe(2);
});

it('what waits when the store is closed is written, and answered', async () => {
  const { store, path } = await counted();
  const waiting = store.commit([create('zone', { id: 'z' })], LATER);
  await store.close();
  written(await waiting);
  const next = await counted(path);
  expect((await next.store.get('zone', 'z'))?.doc.id).toBe('z');
});

it('whichever may wait, commits take effect in the order in which they were made', async () => {
  const histories = fc.array(fc.record({ mayWait: fc.constantFrom(false, true, 1, 3), turns: fc.nat(3) }), {
    minLength: 1,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(histories, async (commits) => {
      const { store } = await counted(':memory:');
      const answers: number[] = [];
      const all = [];
      for (const [n, { mayWait, turns }] of commits.entries()) {
        const step = {
          op: 'upsert' as const,
          table: 'zone' as const,
          id: 'z',
          edit: (row?: object) => ({ id: 'z', seen: [...((row as { seen?: number[] } | undefined)?.seen ?? []), n] }),
        };
        all.push(store.commit([step], { ...BY, mayWait }).then(() => answers.push(n)));
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      // So that none of them waits for its time.
      await store.close();
      await Promise.all(all);
      expect(answers).toEqual(commits.map((_, n) => n));
    }),
    { numRuns: 50 },
  );
});
