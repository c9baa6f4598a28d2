import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/model/document.js';
import type { StoreTraits } from './harness.js';
import { BY, create, eachTest, one, patch, written } from './harness.js';

/** That documents come back as they were sent, found by what they hold, and belong to the store alone. */
export function documentSuite(traits: StoreTraits): void {
  const test = eachTest(traits);

  it('lists documents cut down to the fields that are asked for', async () => {
    await test
      .store()
      .commit([create('fact', { id: 'a', n: 1, text: 'long' }), create('fact', { id: 'b', text: 'x' })], BY);
    const cut = [...(await test.store().listFields('fact', ['n', 'nothing']))].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(cut).toEqual([{ id: 'a', n: 1 }, { id: 'b' }]);
    expect(await test.store().listFields('zone', ['id'])).toEqual([]);
  });

  async function roundTrip(fields: JsonObject): Promise<JsonObject> {
    const { doc } = one(await test.store().commit([create('fact', fields)], BY));
    const again = await (await test.reopen()).get('fact', doc.id);
    expect(again?.doc).toEqual(doc);
    const { id, ...rest } = again?.doc ?? { id: '' };
    expect(id).toBe(doc.id);
    return rest;
  }

  describe('a document comes back as it was sent', () => {
    it.each<[string, JsonObject]>([
      [
        'numbers',
        { a: 0, b: -1, c: 1.5, d: 9007199254740991, e: -9007199254740991, f: 1e21, g: 1790000000, h: 5e-324 },
      ],
      [
        'unicode',
        { '': 'empty key', ключ: 'значение', '\u0000': 'a\u0000b', '😀': '\ud83d\ude00 \u2028 \r\n\t', '\'"': '\\\'"' },
      ],
      [
        'nesting and empty values',
        { a: [], b: {}, c: [[], [{}], [null, false, '']], d: null, e: '', f: { g: { h: [1, [2]] } } },
      ],
      ['list order', { list: [3, 1, 2, 'b', 'a', 3] }],
    ])('%s', async (_what, fields) => {
      expect(await roundTrip(fields)).toEqual(fields);
    });

    it('with keys of the prototype, harmless', async () => {
      const fields = JSON.parse(
        '{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}, "toString": "x", "n": {"__proto__": [1]}}',
      ) as JsonObject;
      if (!traits.keepsProtoKeys) {
        await expect(test.store().commit([create('fact', fields)], BY)).rejects.toThrow(TypeError);
        expect(await test.store().list('fact')).toEqual([]);
        return;
      }
      const back = await roundTrip(fields);
      expect(JSON.parse(JSON.stringify(back))).toEqual(fields);
      expect(Object.keys(back).sort()).toEqual(['__proto__', 'constructor', 'n', 'toString']);
      expect(Object.hasOwn(back['n'] as object, '__proto__')).toBe(true);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    });

    it('when it is larger than a megabyte', async () => {
      const addresses = Array.from({ length: 65_536 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24 ${'x'.repeat(8)}`);
      const text = 'é'.repeat(1 << 20);
      expect(await roundTrip({ addresses, text })).toEqual({ addresses, text });
    });
  });

  it('refuses what JSON cannot hold, and drops what is undefined', async () => {
    for (const bad of [Number.NaN, Infinity, () => 1, new Date(), 1n] as unknown as Json[]) {
      await expect(test.store().commit([create('fact', { bad })], BY)).rejects.toThrow(TypeError);
    }
    const { doc } = one(await test.store().commit([create('fact', { id: 'f', a: undefined as unknown as Json })], BY));
    expect(doc).toEqual({ id: 'f' });
    expect(await test.store().list('fact')).toHaveLength(1);
  });

  it('keeps its documents to itself', async () => {
    const sent = { id: 'g', list: [1], nested: { a: 1 } };
    const { doc } = one(await test.store().commit([create('group', sent)], BY));
    sent.list.push(2);
    sent.nested.a = 2;
    // Where documents are frozen the attempt throws; where they are copies it changes only the copy.
    attempt(() => (doc as unknown as typeof sent).list.push(3));
    attempt(() => ((doc as unknown as typeof sent).nested.a = 3));
    attempt(() => Object.assign(doc, { added: true }));
    for (const { doc: seen } of [await test.store().get('group', 'g'), ...(await test.store().list('group'))].flatMap(
      (row) => row ?? [],
    )) {
      expect(seen).toEqual({ id: 'g', list: [1], nested: { a: 1 } });
      attempt(() => Object.assign(seen, { added: true }));
    }
    const edit = {
      op: 'edit',
      table: 'group',
      id: 'g',
      edit: (current: JsonObject) => ({ ...current, id: 'g', n: 1 }),
    } as const;
    expect(one(await test.store().commit([edit], BY)).doc).toEqual({ id: 'g', list: [1], nested: { a: 1 }, n: 1 });
  });

  describe('list and find', () => {
    it.runIf(traits.ordered)('list in order of creation, edits and reopening aside', async () => {
      const ids = ['c', 'a', 'b', '10', '9'];
      for (const id of ids) written(await test.store().commit([create('zone', { id })], BY));
      written(await test.store().commit([patch('zone', 'a', { x: 1 })], BY));
      expect((await test.store().list('zone')).map(({ doc }) => doc.id)).toEqual(ids);
      written(await test.store().commit([{ op: 'remove', table: 'zone', id: 'c' }, create('zone', { id: 'c' })], BY));
      const store = await test.reopen();
      expect((await store.list('zone')).map(({ doc }) => doc.id)).toEqual(['a', 'b', '10', '9', 'c']);
    });

    it('find text and nothing that only looks like it', async () => {
      const docs = [
        { id: '1', docker: true, name: 'a' },
        { id: '2', docker: 'true', name: 'b' },
        { id: '3', docker: null, name: 'a' },
        { id: '4', docker: ['true'], name: '"a"' },
        { id: '5' },
      ];
      for (const doc of docs) written(await test.store().commit([create('profile', doc)], BY));
      const ids = async (field: string, value: string) =>
        (await test.store().find('profile', field, value)).map(({ doc }) => doc.id).sort();
      expect(await ids('docker', 'true')).toEqual(['2']);
      expect(await ids('name', 'a')).toEqual(['1', '3']);
      expect(await ids('name', '"a"')).toEqual(['4']);
      expect(await ids('id', '5')).toEqual(['5']);
      expect(await ids('nothing', 'a')).toEqual([]);
      expect(await ids('toString', 'a')).toEqual([]);
    });

    it('find follows every edit, and a reopening', async () => {
      written(await test.store().commit([create('host', { id: 'h', name: 'a', group: 'g1' })], BY));
      written(await test.store().commit([patch('host', 'h', { group: 'g2' })], BY));
      const found = async (group: string) => (await test.store().find('host', 'group', group)).length;
      expect([await found('g1'), await found('g2')]).toEqual([0, 1]);
      await test.reopen();
      expect([await found('g1'), await found('g2')]).toEqual([0, 1]);
    });

    it('find among 10,000 hosts, all listed', async () => {
      const hosts = Array.from({ length: 10_000 }, (_, i) =>
        create('host', { id: `h${i}`, hostkey: `k${i}`, group: `g${i % 100}` }),
      );
      for (let from = 0; from < hosts.length; from += 1_000) {
        written(await test.store().commit(hosts.slice(from, from + 1_000), { ...BY, audit: false }));
      }
      expect(await test.store().list('host')).toHaveLength(10_000);
      expect((await test.store().find('host', 'hostkey', 'k9999')).map(({ doc }) => doc.id)).toEqual(['h9999']);
      expect(await test.store().find('host', 'group', 'g7')).toHaveLength(100);
    }, 120_000);
  });
}

function attempt(change: () => unknown): void {
  try {
    change();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
  }
}
