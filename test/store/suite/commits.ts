import { describe, expect, it } from 'vitest';
import type { Document, JsonObject } from '../../../src/model/document.js';
import type { StoreTraits } from './harness.js';
import { BY, create, eachTest, one, patch, remove, written } from './harness.js';

/** What a commit writes, what it refuses, and that it never does half of either. */
export function commitSuite(traits: StoreTraits): void {
  const test = eachTest(traits);

  describe('create', () => {
    it('makes a UUID when there is no id, and gives the document back as it can be read', async () => {
      const stored = one(await test.store().commit([create('zone', { name: 'a' })], BY));
      expect(stored.doc.id).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
      expect(stored.doc).toEqual({ id: stored.doc.id, name: 'a' });
      expect(await test.store().get('zone', stored.doc.id)).toEqual(stored);
    });

    it('refuses a taken id with the document that has it, in its own table only', async () => {
      const first = one(await test.store().commit([create('zone', { id: 'x', name: 'a' })], BY));
      const second = await test.store().commit([create('zone', { id: 'x', name: 'b' })], BY);
      expect(second).toEqual({ ok: false, failure: { reason: 'id_taken', index: 0, existing: first } });
      written(await test.store().commit([create('group', { id: 'x' })], BY));
    });

    it('refuses a taken value with the field and the document that has it', async () => {
      const first = one(await test.store().commit([create('host', { name: 'n', hostkey: 'k' }, ['hostkey'])], BY));
      const second = await test.store().commit([create('host', { name: 'n', hostkey: 'k' }, ['hostkey'])], BY);
      expect(second).toEqual({
        ok: false,
        failure: { reason: 'taken', index: 0, field: 'hostkey', existing: first },
      });
      written(await test.store().commit([create('host', { name: 'n', hostkey: 'other' }, ['hostkey'])], BY));
    });

    it('tells a taken name before a taken id', async () => {
      const first = one(await test.store().commit([create('zone', { id: 'x', name: 'a' })], BY));
      const second = await test.store().commit([create('zone', { id: 'x', name: 'a' }, ['name'])], BY);
      expect(second).toEqual({ ok: false, failure: { reason: 'taken', index: 0, field: 'name', existing: first } });
    });

    it('checks uniqueness of fields without an index too, and not of absent ones', async () => {
      const first = one(await test.store().commit([create('fact', { name: 'f', serial: 7 }, ['serial'])], BY));
      const second = await test.store().commit([create('fact', { name: 'g', serial: 7 }, ['serial'])], BY);
      expect(second).toEqual({ ok: false, failure: { reason: 'taken', index: 0, field: 'serial', existing: first } });
      written(await test.store().commit([create('fact', { name: 'h' }, ['serial'])], BY));
      written(await test.store().commit([create('fact', { name: 'i' }, ['serial'])], BY));
    });

    it('frees a name when its holder is renamed or removed', async () => {
      const { doc } = one(await test.store().commit([create('zone', { name: 'a' }, ['name'])], BY));
      written(await test.store().commit([patch('zone', doc.id, { name: 'b' })], BY));
      const next = one(await test.store().commit([create('zone', { name: 'a' }, ['name'])], BY));
      written(await test.store().commit([remove('zone', next.doc.id)], BY));
      written(await test.store().commit([create('zone', { name: 'a' }, ['name'])], BY));
    });

    it('makes exactly one of 1,000 that race for a name', async () => {
      const results = await Promise.all(
        Array.from({ length: 1_000 }, (_, i) => test.store().commit([create('zone', { name: 'z', i }, ['name'])], BY)),
      );
      const made = results.filter((result) => result.ok);
      expect(made).toHaveLength(1);
      const [existing] = await test.store().list('zone');
      for (const result of results) {
        if (result.ok) continue;
        expect(result.failure).toEqual({ reason: 'taken', index: 0, field: 'name', existing });
      }
      expect(await test.store().list('zone')).toHaveLength(1);
    });
  });

  describe('edit', () => {
    it('writes what the function gives and raises the revision', async () => {
      const first = one(await test.store().commit([create('group', { id: 'g', name: 'a' })], BY));
      const second = one(await test.store().commit([patch('group', 'g', { name: 'b' })], BY));
      expect(second.doc).toEqual({ id: 'g', name: 'b' });
      expect(second.revision).toBeGreaterThan(first.revision);
      expect(await test.store().get('group', 'g')).toEqual(second);
    });

    it('loses none of many edits of one document', async () => {
      written(await test.store().commit([create('setting', { id: 'n', count: 0 })], BY));
      const add = {
        op: 'edit',
        table: 'setting',
        id: 'n',
        edit: (doc: Document) => ({ ...doc, count: Number(doc['count']) + 1 }),
      } as const;
      const results = await Promise.all(Array.from({ length: 100 }, () => test.store().commit([add], BY)));
      expect(results.every((result) => result.ok)).toBe(true);
      expect((await test.store().get('setting', 'n'))?.doc).toEqual({ id: 'n', count: 100 });
    });

    it('refuses an unknown id', async () => {
      expect(await test.store().commit([patch('group', 'none', {})], BY)).toEqual({
        ok: false,
        failure: { reason: 'not_found', index: 0 },
      });
    });

    it('refuses a stale revision with the document as it is now', async () => {
      const first = one(await test.store().commit([create('group', { id: 'g', n: 1 })], BY));
      const second = one(await test.store().commit([patch('group', 'g', { n: 2 })], BY));
      const edit = { op: 'edit', table: 'group', id: 'g', edit: (doc: Document) => ({ ...doc, n: 3 }) } as const;
      const stale = { ok: false, failure: { reason: 'stale', index: 0, current: second } };
      expect(await test.store().commit([{ ...edit, ifRevision: first.revision }], BY)).toEqual(stale);
      expect(
        await test.store().commit([{ op: 'remove', table: 'group', id: 'g', ifRevision: first.revision }], BY),
      ).toEqual(stale);
      written(await test.store().commit([{ ...edit, ifRevision: second.revision }], BY));
    });

    it('lets one of two editors with the same revision through', async () => {
      const { revision } = one(await test.store().commit([create('group', { id: 'g', n: 1 })], BY));
      const as = (n: number) =>
        ({
          op: 'edit',
          table: 'group',
          id: 'g',
          ifRevision: revision,
          edit: (doc: Document) => ({ ...doc, n }),
        }) as const;
      const results = await Promise.all([2, 3, 4].map((n) => test.store().commit([as(n)], BY)));
      expect(results.map((result) => (result.ok ? 'ok' : result.failure.reason)).sort()).toEqual([
        'ok',
        'stale',
        'stale',
      ]);
    });

    it('never gives a removed document its revisions back', async () => {
      const first = one(await test.store().commit([create('group', { id: 'g' })], BY));
      written(await test.store().commit([remove('group', 'g')], BY));
      const second = one(await test.store().commit([create('group', { id: 'g' })], BY));
      expect(second.revision).toBeGreaterThan(first.revision);
    });

    it('writes nothing when the document stays equal, whatever the order of its keys', async () => {
      const before = one(
        await test.store().commit([create('group', { id: 'g', a: { x: 1, y: [1, 2] }, b: null })], BY),
      );
      const same = {
        op: 'edit',
        table: 'group',
        id: 'g',
        edit: () => ({ b: null, a: { y: [1, 2], x: 1 }, id: 'g' }),
      } as const;
      expect(one(await test.store().commit([same], BY))).toEqual(before);
      expect(await test.store().audit({ table: 'group', limit: 10 })).toHaveLength(1);
      const other = { ...same, edit: () => ({ b: null, a: { y: [2, 1], x: 1 }, id: 'g' }) };
      expect(one(await test.store().commit([other], BY)).revision).toBeGreaterThan(before.revision);
    });

    it('passes a refusal on untouched and writes nothing', async () => {
      written(await test.store().commit([create('group', { id: 'g' })], BY));
      const refused = { why: ['a', { b: 1 }] };
      const results = [
        await test.store().commit([{ op: 'edit', table: 'group', id: 'g', edit: () => ({ refused }) }], BY),
        await test.store().commit([{ op: 'upsert', table: 'group', id: 'h', edit: () => ({ refused }) }], BY),
        await test.store().commit([{ op: 'remove', table: 'group', id: 'g', guard: () => ({ refused }) }], BY),
      ];
      for (const result of results)
        expect(result).toEqual({ ok: false, failure: { reason: 'refused', index: 0, refused } });
      expect(await test.store().list('group')).toHaveLength(1);
      expect(await test.store().audit({ table: 'group', limit: 10 })).toHaveLength(1);
    });

    it('takes a document with a field named refused for a document', async () => {
      written(await test.store().commit([create('group', { id: 'g' })], BY));
      const stored = one(await test.store().commit([patch('group', 'g', { refused: { a: 1 } })], BY));
      expect(stored.doc).toEqual({ id: 'g', refused: { a: 1 } });
    });

    it('rejects with what the function throws, and nobody else with it', async () => {
      written(await test.store().commit([create('group', { id: 'g', n: 0 })], BY));
      const fault = new Error('the edit is broken');
      const broken = test.store().commit(
        [
          create('zone', { name: 'gone' }),
          {
            op: 'edit',
            table: 'group',
            id: 'g',
            edit: () => {
              throw fault;
            },
          },
        ],
        BY,
      );
      const good = test.store().commit([patch('group', 'g', { n: 1 })], BY);
      await expect(broken).rejects.toBe(fault);
      expect(one(await good).doc).toEqual({ id: 'g', n: 1 });
      expect(await test.store().list('zone')).toEqual([]);
    });

    it('rejects an edit that changes the id', async () => {
      written(await test.store().commit([create('group', { id: 'g' })], BY));
      const move = { op: 'edit', table: 'group', id: 'g', edit: (doc: Document) => ({ ...doc, id: 'h' }) } as const;
      await expect(test.store().commit([move], BY)).rejects.toThrow(TypeError);
      expect((await test.store().list('group')).map(({ doc }) => doc.id)).toEqual(['g']);
    });
  });

  describe('upsert', () => {
    it('inserts with what the function makes of nothing, then edits', async () => {
      const add = (by: number) =>
        ({
          op: 'upsert',
          table: 'host_report',
          id: 'k',
          edit: (doc: Document | undefined) => ({ id: 'k', n: Number(doc?.['n'] ?? 0) + by }),
        }) as const;
      expect(one(await test.store().commit([add(1)], BY)).doc).toEqual({ id: 'k', n: 1 });
      expect(one(await test.store().commit([add(2)], BY)).doc).toEqual({ id: 'k', n: 3 });
    });

    it('makes one document of many that race', async () => {
      const add = {
        op: 'upsert',
        table: 'setting',
        id: 's',
        edit: (doc: Document | undefined) => ({ id: 's', n: Number(doc?.['n'] ?? 0) + 1 }),
      } as const;
      const results = await Promise.all(Array.from({ length: 20 }, () => test.store().commit([add], BY)));
      expect(results.every((result) => result.ok)).toBe(true);
      expect((await test.store().get('setting', 's'))?.doc).toEqual({ id: 's', n: 20 });
    });
  });

  describe('remove', () => {
    it('takes the document away, once', async () => {
      written(await test.store().commit([create('group', { id: 'g', name: 'a' })], BY));
      expect(written(await test.store().commit([remove('group', 'g')], BY))).toEqual([undefined]);
      expect(await test.store().get('group', 'g')).toBeUndefined();
      expect(await test.store().find('group', 'name', 'a')).toEqual([]);
      expect(await test.store().commit([remove('group', 'g')], BY)).toEqual({
        ok: false,
        failure: { reason: 'not_found', index: 0 },
      });
    });

    it('shows the document to its guard', async () => {
      written(await test.store().commit([create('link', { id: 'l', enabled: true })], BY));
      let seen: JsonObject | undefined;
      const guard = (doc: Document) => {
        seen = doc;
        return undefined;
      };
      written(await test.store().commit([{ op: 'remove', table: 'link', id: 'l', guard }], BY));
      expect(seen).toEqual({ id: 'l', enabled: true });
    });
  });

  describe('several steps', () => {
    it('writes all, in places that match, across tables', async () => {
      const stored = written(
        await test
          .store()
          .commit(
            [
              create('profile', { id: 'p', name: 'p' }),
              create('ruleset', { id: 'r', profile_id: 'p' }),
              remove('profile', 'p'),
            ],
            BY,
          ),
      );
      expect(stored.map((row) => row?.doc)).toEqual([{ id: 'p', name: 'p' }, { id: 'r', profile_id: 'p' }, undefined]);
      expect(await test.store().list('profile')).toEqual([]);
      expect(await test.store().list('ruleset')).toHaveLength(1);
    });

    it('shows each step what those before it wrote', async () => {
      const taken = await test
        .store()
        .commit([create('zone', { name: 'z' }, ['name']), create('zone', { name: 'z' }, ['name'])], BY);
      expect(taken).toMatchObject({ ok: false, failure: { reason: 'taken', index: 1, field: 'name' } });
      const chain = [create('group', { id: 'g', n: 1 }), patch('group', 'g', { n: 2 }), patch('group', 'g', { m: 3 })];
      expect(written(await test.store().commit(chain, BY)).at(-1)?.doc).toEqual({ id: 'g', n: 2, m: 3 });
      expect((await test.store().get('group', 'g'))?.doc).toEqual({ id: 'g', n: 2, m: 3 });
    });

    it('writes none when one is refused, and everything is as it was', async () => {
      for (const id of ['a', 'b', 'c']) written(await test.store().commit([create('zone', { id, name: id })], BY));
      const before = await test.store().list('zone');
      const result = await test
        .store()
        .commit(
          [
            patch('zone', 'c', { name: 'C' }),
            remove('zone', 'a'),
            create('zone', { id: 'd', name: 'd' }),
            patch('zone', 'none', {}),
          ],
          BY,
        );
      expect(result).toEqual({ ok: false, failure: { reason: 'not_found', index: 3 } });
      expect(await test.store().list('zone')).toEqual(before);
      expect(await test.store().find('zone', 'name', 'C')).toEqual([]);
      expect(await test.store().find('zone', 'name', 'a')).toHaveLength(1);
      expect(await test.store().find('zone', 'name', 'd')).toEqual([]);
      expect(await test.store().audit({ table: 'zone', limit: 10 })).toHaveLength(3);
    });

    it('accepts a commit of no steps', async () => {
      expect(await test.store().commit([], BY)).toEqual({ ok: true, stored: [] });
    });
  });
}
