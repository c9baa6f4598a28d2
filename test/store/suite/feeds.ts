import { describe, expect, it } from 'vitest';
import type { StoreTraits } from './harness.js';
import { BY, create, eachTest, patch, remove, Watcher, written } from './harness.js';

/** That a watcher always ends up with the table as it is, whatever happened to it and to the store. */
export function feedSuite(traits: StoreTraits): void {
  const test = eachTest(traits);

  it('begins with a snapshot, then tells each change, and only of its table', async () => {
    written(await test.store().commit([create('zone', { id: 'a', n: 1 }), create('group', { id: 'x' })], BY));
    const watcher = new Watcher(test.store(), 'zone');
    await watcher.until(({ events }) => events.length > 0);
    expect(watcher.events[0]).toMatchObject({ type: 'snapshot', rows: [{ doc: { id: 'a', n: 1 } }] });
    written(await test.store().commit([patch('zone', 'a', { n: 2 }), patch('group', 'x', { n: 2 })], BY));
    await watcher.until(({ rows }) => rows.get('a')?.['n'] === 2);
    written(await test.store().commit([remove('zone', 'a'), create('zone', { id: 'b' })], BY));
    await watcher.until(({ rows }) => rows.has('b') && !rows.has('a'));
    const changes = watcher.events.flatMap((event) => (event.type === 'changes' ? event.changes : []));
    expect(changes).toEqual(
      expect.arrayContaining([
        { id: 'a', before: { id: 'a', n: 1 }, after: { id: 'a', n: 2 } },
        { id: 'a', before: { id: 'a', n: 2 } },
        { id: 'b', after: { id: 'b' } },
      ]),
    );
    expect(changes).toHaveLength(3);
    await watcher.feed.close();
  });

  it('begins with a snapshot of an empty table too', async () => {
    const watcher = new Watcher(test.store(), 'link');
    await watcher.until(({ events }) => events.length > 0);
    expect(watcher.events).toMatchObject([{ type: 'snapshot', rows: [] }]);
    await watcher.feed.close();
  });

  it('tells the changes of one document in order', async () => {
    const watcher = new Watcher(test.store(), 'setting');
    written(await test.store().commit([create('setting', { id: 's', n: 0 })], BY));
    const commits = Array.from({ length: 50 }, (_, i) =>
      test.store().commit([patch('setting', 's', { n: i + 1 })], BY),
    );
    (await Promise.all(commits)).forEach(written);
    await watcher.until(({ rows }) => rows.get('s')?.['n'] === 50);
    const seen = watcher.events
      .flatMap((event) => (event.type === 'changes' ? event.changes : []))
      .map(({ after }) => Number(after?.['n']));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    if (traits.tellsEveryChange) expect(seen.slice(-50)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    await watcher.feed.close();
  });

  it('says nothing of refused commits and of edits that change nothing', async () => {
    written(await test.store().commit([create('zone', { id: 'a', n: 1 })], BY));
    const watcher = new Watcher(test.store(), 'zone');
    await watcher.until(({ events }) => events.length > 0);
    await test.store().commit([patch('zone', 'a', { n: 2 }), patch('zone', 'none', {})], BY);
    await test.store().commit([patch('zone', 'a', { n: 1 })], BY);
    written(await test.store().commit([create('zone', { id: 'end' })], BY));
    await watcher.until(({ rows }) => rows.has('end'));
    expect(watcher.events.flatMap((event) => (event.type === 'changes' ? event.changes : []))).toEqual([
      { id: 'end', after: { id: 'end' } },
    ]);
    await watcher.feed.close();
  });

  it('serves many watchers alike', async () => {
    const watchers = Array.from({ length: 20 }, () => new Watcher(test.store(), 'zone'));
    for (let i = 0; i < 10; i++) written(await test.store().commit([create('zone', { id: `z${i}` })], BY));
    for (const watcher of watchers) await watcher.until(({ rows }) => rows.size === 10);
    await Promise.all(watchers.map(({ feed }) => feed.close()));
  }, 60_000);

  it('is silent once closed', async () => {
    const watcher = new Watcher(test.store(), 'zone');
    const other = new Watcher(test.store(), 'zone');
    await watcher.until(({ events }) => events.length > 0);
    await watcher.feed.close();
    await watcher.feed.close();
    const before = watcher.events.length;
    written(await test.store().commit([create('zone', { id: 'a' })], BY));
    await other.until(({ rows }) => rows.has('a'));
    expect(watcher.events).toHaveLength(before);
    await other.feed.close();
  });

  describe('after an absence', () => {
    async function absent(reopen: boolean): Promise<Watcher> {
      written(
        await test.store().commit(
          ['kept', 'edited', 'gone'].map((id) => create('zone', { id, n: 1 })),
          BY,
        ),
      );
      const first = new Watcher(test.store(), 'zone');
      await first.until(({ rows }) => rows.size === 3);
      await first.feed.close();
      written(await test.store().commit([patch('zone', 'edited', { n: 2 }), remove('zone', 'gone')], BY));
      written(await test.store().commit([create('zone', { id: 'new', n: 1 }), patch('zone', 'edited', { n: 3 })], BY));
      written(await test.store().commit([create('zone', { id: 'brief' })], BY));
      written(await test.store().commit([remove('zone', 'brief'), create('group', { id: 'other' })], BY));
      const store = reopen ? await test.reopen() : test.store();
      return new Watcher(store, 'zone', first.cursor, first.rows);
    }

    const now = { kept: { id: 'kept', n: 1 }, edited: { id: 'edited', n: 3 }, new: { id: 'new', n: 1 } };

    it.each([false, true])('a watcher with a cursor gets to the present (store reopened: %s)', async (reopen) => {
      const watcher = await absent(reopen);
      await watcher.until(({ events }) => events.length > 0);
      expect(watcher.events[0]?.type).toBe(traits.resumes ? 'changes' : 'snapshot');
      await watcher.until(({ rows }) => rows.has('new') && !rows.has('gone') && rows.get('edited')?.['n'] === 3);
      expect(Object.fromEntries(watcher.rows)).toEqual(now);
      written(await test.store().commit([create('zone', { id: 'after' })], BY));
      await watcher.until(({ rows }) => rows.has('after'));
      await watcher.feed.close();
    });

    it.runIf(traits.resumes)('it is told each change with what was there before and after', async () => {
      const watcher = await absent(true);
      await watcher.until(({ events }) => events.length > 0);
      expect(watcher.events[0]).toMatchObject({
        type: 'changes',
        changes: [
          { id: 'edited', before: { n: 1 }, after: { n: 2 } },
          { id: 'gone', before: { id: 'gone', n: 1 } },
          { id: 'new', after: { n: 1 } },
          { id: 'edited', before: { n: 2 }, after: { n: 3 } },
          { id: 'brief', after: { id: 'brief' } },
          { id: 'brief', before: { id: 'brief' } },
        ],
      });
      await watcher.feed.close();
    });

    it('a watcher without a cursor, or with a senseless one, gets a snapshot', async () => {
      await absent(false).then(({ feed }) => feed.close());
      for (const cursor of [undefined, '', 'x', 'x.1', '.', '99999999999999999999']) {
        const watcher = new Watcher(test.store(), 'zone', cursor);
        await watcher.until(({ events }) => events.length > 0);
        expect(watcher.events[0]?.type).toBe('snapshot');
        expect(Object.fromEntries(watcher.rows)).toEqual(now);
        await watcher.feed.close();
      }
    });
  });

  it('misses nothing and repeats nothing when opened amid writes', async () => {
    const watchers: Watcher[] = [];
    const commits: Promise<unknown>[] = [];
    for (let i = 0; i < 200; i++) {
      commits.push(
        test
          .store()
          .commit([create('zone', { id: `z${i}` })], BY)
          .then(written),
      );
      if (i % 20 === 0) watchers.push(new Watcher(test.store(), 'zone'));
      if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(commits);
    for (const watcher of watchers) {
      await watcher.until(({ rows }) => rows.size === 200);
      const [first, ...later] = watcher.events;
      const known = new Set(first?.type === 'snapshot' ? first.rows.map(({ doc }) => doc.id) : []);
      for (const { id } of later.flatMap((event) => (event.type === 'changes' ? event.changes : []))) {
        expect(known.has(id), `${id} told twice`).toBe(false);
        known.add(id);
      }
      await watcher.feed.close();
    }
  }, 60_000);

  it('ends with a lost event when the store is closed', async () => {
    const watcher = new Watcher(test.store(), 'zone');
    await watcher.until(({ events }) => events.length > 0);
    await test.store().close();
    expect(watcher.events.at(-1)).toMatchObject({ type: 'lost', error: { code: 'closed', retry: false } });
    await test.reopen();
  });
}
