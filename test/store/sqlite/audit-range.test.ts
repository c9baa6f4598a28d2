import { expect, it } from 'vitest';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';

const HOUR = 3_600_000;

it('finds entries by their time, also where numbers are missing and the clock was set back', async () => {
  let now = 1_000 * HOUR;
  const store = await createSqliteStore({ path: ':memory:', now: () => now });
  const times: number[] = [];
  for (let n = 0; n < 200; n++) {
    // Most of an hour back now and then, else on.
    now += n % 7 === 6 ? -0.9 * HOUR : HOUR / 4;
    times.push(now);
    // Leaves gaps: what is not audited takes numbers too.
    await store.commit([{ op: 'create', table: 'host', doc: { id: `h${n}` } }], { author: 'x', audit: n % 3 === 0 });
  }
  const audited = times.flatMap((at, n) => (n % 3 === 0 ? [{ at, id: `h${n}` }] : []));
  for (let at = 990 * HOUR; at < 1_060 * HOUR; at += HOUR / 4) {
    const span = { from: at, until: at + HOUR };
    const wanted = audited.filter((one) => one.at >= span.from && one.at < span.until).map(({ id }) => id);
    const found = (await store.audit({ limit: 1000, ...span })).map(({ id }) => id);
    expect(found).toEqual(wanted.reverse());
  }
  expect(await store.audit({ limit: 1000, from: 0 })).toHaveLength(audited.length);
  await store.close();
});

it('has nothing where there is no entry', async () => {
  const store = await createSqliteStore({ path: ':memory:' });
  expect(await store.audit({ limit: 1, from: 1, until: 2 })).toEqual([]);
  await store.close();
});
