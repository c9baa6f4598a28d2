import { expect, it } from 'vitest';
import type { StoreTraits } from './harness.js';
import { BY, create, eachTest, patch, remove, written } from './harness.js';

/** That every change is on record, with who and when, without its secrets. */
export function auditSuite(traits: StoreTraits): void {
  const test = eachTest(traits);

  it('keeps who changed what from what to what, newest first', async () => {
    const from = Date.now();
    written(await test.store().commit([create('zone', { id: 'z', n: 1 })], { author: 'ann' }));
    written(await test.store().commit([patch('zone', 'z', { n: 2 }), create('group', { id: 'g' })], { author: 'bob' }));
    written(await test.store().commit([remove('zone', 'z')], { author: 'ann' }));
    const entries = await test.store().audit({ limit: 10 });
    expect(entries).toMatchObject([
      { author: 'ann', table: 'zone', id: 'z', before: { id: 'z', n: 2 }, after: null },
      { author: 'bob', table: 'group', id: 'g', before: null, after: { id: 'g' } },
      { author: 'bob', table: 'zone', id: 'z', before: { id: 'z', n: 1 }, after: { id: 'z', n: 2 } },
      { author: 'ann', table: 'zone', id: 'z', before: null, after: { id: 'z', n: 1 } },
    ]);
    for (const { at } of entries) expect(at).toBeGreaterThanOrEqual(from - 1_000);
    const seqs = entries.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
  });

  it('leaves out what was committed without it', async () => {
    written(await test.store().commit([create('host', { id: 'h' })], { author: 'agent:h', audit: false }));
    expect(await test.store().audit({ limit: 10 })).toEqual([]);
  });

  it('filters and pages', async () => {
    for (let i = 0; i < 25; i++) {
      const author = i % 2 === 0 ? 'even' : 'odd';
      written(await test.store().commit([create(i % 5 === 0 ? 'group' : 'zone', { id: `d${i}` })], { author }));
    }
    const ids = async (query: object) => (await test.store().audit({ limit: 1_000, ...query })).map(({ id }) => id);
    expect(await ids({ table: 'group' })).toEqual(['d20', 'd15', 'd10', 'd5', 'd0']);
    expect(await ids({ author: 'odd', table: 'group' })).toEqual(['d15', 'd5']);
    expect(await ids({ id: 'd7' })).toEqual(['d7']);
    expect(await ids({ id: 'd7', table: 'group' })).toEqual([]);
    const paged: string[] = [];
    let beforeSeq: number | undefined;
    for (;;) {
      const page = await test.store().audit({ limit: 4, ...(beforeSeq !== undefined && { beforeSeq }) });
      if (page.length === 0) break;
      paged.push(...page.map(({ id }) => id));
      beforeSeq = page.at(-1)?.seq;
    }
    expect(paged).toEqual(Array.from({ length: 25 }, (_, i) => `d${24 - i}`));
    for (const limit of [0, 1_001, 1.5]) await expect(test.store().audit({ limit })).rejects.toThrow(RangeError);
  });

  it('finds what happened within a span of time', async () => {
    const from = Date.now();
    for (const id of ['a', 'b', 'c']) {
      written(await test.store().commit([create('zone', { id })], BY));
      // Two entries of the same millisecond could not be told apart.
      const now = Date.now();
      await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(now);
    }
    const entries = await test.store().audit({ limit: 10 });
    const [c = 0, b = 0, a = 0] = entries.map(({ at }) => at);
    const ids = async (query: object) => (await test.store().audit({ limit: 10, ...query })).map(({ id }) => id);
    expect(await ids({ from: a })).toEqual(['c', 'b', 'a']);
    expect(await ids({ from: b })).toEqual(['c', 'b']);
    expect(await ids({ until: b })).toEqual(['a']);
    expect(await ids({ from: b, until: c })).toEqual(['b']);
    expect(await ids({ from: b, until: b })).toEqual([]);
    expect(await ids({ from: c + 1 })).toEqual([]);
    expect(await ids({ until: from - 1_000 })).toEqual([]);
    expect(await ids({ id: 'b', from: a, until: c })).toEqual(['b']);
    expect(await ids({ author: BY.author, until: c, beforeSeq: entries[1]?.seq })).toEqual(['a']);
  });

  it('hides secrets before and after, at any depth, and only there', async () => {
    const secret = 'do-not-show';
    const connection = { host: 'h', password: secret, ssl_options: { keyfile: 'k', list: [{ api_token: secret }] } };
    written(await test.store().commit([create('link', { id: 'l', name: 'l', connection })], BY));
    written(
      await test.store().commit([patch('link', 'l', { connection: { ...connection, password: `${secret}2` } })], BY),
    );
    written(
      await test.store().commit([create('token', { id: 't', name: 'ci', hash: secret, client_secret: secret })], BY),
    );
    expect(JSON.stringify(await test.store().audit({ limit: 10 }))).not.toContain(secret);
    const [token, edit] = await test.store().audit({ limit: 2 });
    expect(token?.after).toMatchObject({ name: 'ci', hash: '[redacted]' });
    const shown = {
      host: 'h',
      password: '[redacted]',
      ssl_options: { keyfile: 'k', list: [{ api_token: '[redacted]' }] },
    };
    expect(edit?.before).toEqual({ id: 'l', name: 'l', connection: shown });
    expect((await test.store().get('link', 'l'))?.doc['connection']).toMatchObject({ password: `${secret}2` });
  });

  it('is there after a reopening', async () => {
    written(await test.store().commit([create('zone', { id: 'z' })], BY));
    const before = await test.store().audit({ limit: 10 });
    const store = await test.reopen();
    expect(await store.audit({ limit: 10 })).toEqual(before);
    written(await store.commit([create('zone', { id: 'y' })], BY));
    expect((await store.audit({ limit: 10 })).map(({ id }) => id)).toEqual(['y', 'z']);
  });
}
