import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Stored, StoreState } from '../../src/store/store.js';
import { StoreError } from '../../src/store/store.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { BY, create, one, patch, Watcher } from '../store/suite/harness.js';
import { mountTmpfs, noTmpfs } from '../support/tmpfs.js';

if (noTmpfs !== undefined) process.stdout.write(`trial 2 skipped: ${noTmpfs}\n`);

const ROUNDS = process.env['TRIALS'] === 'full' ? 20 : 3;

/** Trial 2, the store's part: disk full, then space again. */
it.skipIf(noTmpfs !== undefined)('a full disk refuses writes, not reads, and is over when there is room', async () => {
  // The database keeps what each round made it grow by: its pages are used again, but not given back.
  const folder = mountTmpfs(64);
  const path = join(folder, 'dog_trainer.db');
  const store = await createSqliteStore({ path, probeMs: 20, history: { bytes: 200_000 }, audit: { bytes: 200_000 } });
  const states: StoreState[] = [];
  store.onState((state) => states.push(state));
  const answered: Stored[] = [];
  answered.push(one(await store.commit([create('zone', { id: 'first' })], BY)));
  const watcher = new Watcher(store, 'zone');
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const ballast = join(folder, 'ballast');
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 700_000)));
    const before = answered.length;
    let failure: unknown;
    for (let i = 0; failure === undefined; i++) {
      const doc = { id: `r${round}-${i}`, filler: 'x'.repeat(30_000) };
      // Several at once: a batch that fails must leave nothing of any of them.
      const results = await Promise.allSettled(
        [1, 2, 3].map((n) => store.commit([create('zone', { ...doc, id: `${doc.id}-${n}` })], BY)),
      );
      for (const result of results) {
        if (result.status === 'fulfilled') answered.push(one(result.value));
        else {
          failure = result.reason;
          refused += 1;
        }
      }
    }
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure).toMatchObject({ code: 'full', retry: true });
    expect((failure as StoreError).message).toContain(path);
    expect(store.state()).toMatchObject({ up: false, reason: expect.stringContaining('full') as string });
    expect(answered.length).toBeGreaterThan(before);
    // Reads go on, of what was answered and nothing else.
    expect(await store.list('zone')).toEqual(answered);
    expect(await store.get('zone', 'first')).toEqual(answered[0]);
    expect(await store.find('zone', 'id', `r${round}-0-1`)).toHaveLength(1);
    expect((await store.audit({ limit: 1 }))[0]?.id).toBe(answered.at(-1)?.doc.id);
    rmSync(ballast);
    // Without a single write, by itself.
    while (!store.state().up) await new Promise((resolve) => setTimeout(resolve, 5));
    answered[0] = one(await store.commit([patch('zone', 'first', { round })], BY));
    // Room for the next round.
    for (const { doc } of answered.splice(1)) await store.commit([{ op: 'remove', table: 'zone', id: doc.id }], BY);
  }
  answered.push(one(await store.commit([create('zone', { id: 'last' })], BY)));
  await watcher.until(({ rows }) => rows.has('last'));
  expect([...watcher.rows.values()]).toEqual(answered.map(({ doc }) => doc));
  expect(states.map(({ up }) => up)).toEqual(expect.arrayContaining([false, true]));
  expect(states.at(-1)?.up).toBe(true);
  await store.close();
  const again = await createSqliteStore({ path });
  expect(await again.list('zone')).toEqual(answered);
  await again.close();
  process.stdout.write(
    `trial 2: disk filled ${ROUNDS} times, ${refused} writes refused, ${states.length} changes of state\n`,
  );
});
