import { describe, expect, it, onTestFinished } from 'vitest';
import type { Document, Json } from '../../src/model/document.js';
import type { Store } from '../../src/store/store.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { RESOURCE_NAMES } from '../../src/resources/resources.js';
import { exportPolicy } from '../../src/transfer/export-policy.js';
import { importPolicy, type ImportReport } from '../../src/transfer/import-policy.js';
import { policyFileFromJson, policyFileToJson, type PolicyFile } from '../../src/transfer/policy-file.js';

const AS_OPERATOR = { author: 'operator', dryRun: false, replace: false };

async function openStore(): Promise<Store> {
  const store = await createSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  return store;
}

function file(resources: Partial<Record<string, readonly object[]>>, dialect?: 'dog1' | 'dog2'): PolicyFile {
  return {
    exportedAt: 1,
    ...(dialect === undefined ? {} : { dialect }),
    resources: Object.fromEntries(
      RESOURCE_NAMES.map((name) => [name, resources[name] ?? []]),
    ) as unknown as PolicyFile['resources'],
  };
}

async function put(store: Store, resource: 'group' | 'zone' | 'host', ...docs: readonly Document[]): Promise<void> {
  for (const doc of docs) await store.commit([{ op: 'create', table: resource, doc }], { author: 'test' });
}

function becomes(report: ImportReport): Record<string, string> {
  return Object.fromEntries(report.items.map((item) => [item.id, item.becomes]));
}

describe('an import', () => {
  it('creates, changes and leaves alone by id, keeps what the file does not have, and is audited', async () => {
    const store = await openStore();
    await put(
      store,
      'zone',
      { id: 'a', name: 'a', x: 1 },
      { id: 'b', name: 'b', y: { p: 1, q: 2 } },
      { id: 'c', name: 'c' },
    );
    const resources = {
      zone: [
        { id: 'a', name: 'a', x: 2 },
        { y: { q: 2, p: 1 }, name: 'b', id: 'b' },
        { id: 'd', name: 'd' },
      ],
    };
    const report = await importPolicy(store, file(resources), AS_OPERATOR);
    expect(report).toMatchObject({ written: true, clashes: [] });
    expect(becomes(report)).toEqual({ a: 'changed', b: 'unchanged', c: 'kept', d: 'created' });
    expect((await store.list('zone')).map(({ doc }) => doc)).toEqual([
      { id: 'a', name: 'a', x: 2 },
      { id: 'b', name: 'b', y: { p: 1, q: 2 } },
      { id: 'c', name: 'c' },
      { id: 'd', name: 'd' },
    ]);
    const audit = await store.audit({ author: 'operator', limit: 10 });
    expect(audit.map(({ id }) => id).sort()).toEqual(['a', 'd']);
    const again = await importPolicy(store, file(resources), AS_OPERATOR);
    expect(Object.values(becomes(again)).sort()).toEqual(['kept', 'unchanged', 'unchanged', 'unchanged']);
  });

  it('only says what it would do in a dry run', async () => {
    const store = await openStore();
    await put(store, 'zone', { id: 'a', name: 'a' });
    const report = await importPolicy(store, file({ zone: [{ id: 'b', name: 'b' }] }, 'dog1'), {
      ...AS_OPERATOR,
      dryRun: true,
      replace: true,
    });
    expect(report.written).toBe(false);
    expect(becomes(report)).toEqual({ a: 'removed', b: 'created' });
    expect((await store.list('zone')).map(({ doc }) => doc.id)).toEqual(['a']);
    expect(await store.get('setting', 'ruleset_dialect')).toBeUndefined();
  });

  it('writes nothing when one document has the name of another that stays', async () => {
    const store = await openStore();
    await put(store, 'group', { id: 'old', name: 'web' });
    await put(store, 'host', { id: 'h', name: 'x', hostkey: 'k1' });
    const wanted = file({
      zone: [{ id: 'z', name: 'web' }],
      group: [{ id: 'new', name: 'web' }],
      host: [{ id: 'h2', name: 'x', hostkey: 'k1' }],
    });
    const report = await importPolicy(store, wanted, AS_OPERATOR);
    expect(report.written).toBe(false);
    expect(report.clashes).toEqual([
      { resource: 'group', id: 'new', field: 'name', value: 'web', holder: 'old' },
      { resource: 'host', id: 'h2', field: 'hostkey', value: 'k1', holder: 'h' },
    ]);
    expect(await store.list('zone')).toEqual([]);
    const replaced = await importPolicy(store, wanted, { ...AS_OPERATOR, replace: true });
    expect(replaced).toMatchObject({ written: true, clashes: [] });
    expect((await store.list('group')).map(({ doc }) => doc.id)).toEqual(['new']);
  });

  it('lets names move between documents of the file, and old twins in', async () => {
    const store = await openStore();
    await put(store, 'group', { id: '1', name: 'web' }, { id: '2', name: 'db' });
    const groups = [
      { id: '1', name: 'db' },
      { id: '2', name: 'web' },
      { id: '3', name: 'twin' },
      { id: '4', name: 'twin' },
    ];
    expect(await importPolicy(store, file({ group: groups }), AS_OPERATOR)).toMatchObject({ written: true });
    expect((await store.list('group')).map(({ doc }) => doc)).toEqual(groups);
  });

  it('is planned anew when somebody changes a document in between', async () => {
    const store = await openStore();
    await put(store, 'zone', { id: 'a', name: 'a', x: 1 });
    let meddled = 0;
    const meddling: Store = Object.assign(Object.create(store) as Store, {
      commit: async (...args: Parameters<Store['commit']>) => {
        meddled += 1;
        if (meddled === 1)
          await store.commit([{ op: 'edit', table: 'zone', id: 'a', edit: (doc) => ({ ...doc, x: 9 }) }], {
            author: 'b',
          });
        return store.commit(...args);
      },
      list: store.list.bind(store),
      get: store.get.bind(store),
    });
    const report = await importPolicy(meddling, file({ zone: [{ id: 'a', name: 'a', x: 2 }] }), AS_OPERATOR);
    expect(report.written).toBe(true);
    expect(meddled).toBe(2);
    expect((await store.get('zone', 'a'))?.doc).toEqual({ id: 'a', name: 'a', x: 2 });
  });

  it("takes over the file's dialect where there are no groups yet, and says so where there are", async () => {
    const store = await openStore();
    const first = await importPolicy(store, file({ group: [{ id: 'g', name: 'g' }] }, 'dog1'), AS_OPERATOR);
    expect((await store.get('setting', 'ruleset_dialect'))?.doc.value).toBe('dog1');
    expect(first.notes).toEqual([expect.stringContaining('compiled in dialect dog1')]);
    const second = await importPolicy(store, file({}, 'dog2'), AS_OPERATOR);
    expect((await store.get('setting', 'ruleset_dialect'))?.doc.value).toBe('dog1');
    expect(second.notes).toEqual([expect.stringContaining("this installation's is dog1, and stays")]);
    // The configuration says otherwise than the store.
    expect((await importPolicy(store, file({}, 'dog2'), { ...AS_OPERATOR, dialect: 'dog2' })).notes).toEqual([]);
    const third = await importPolicy(store, file({}, 'dog1'), { ...AS_OPERATOR, dialect: 'dog2' });
    expect(third.notes).toEqual([expect.stringContaining("this installation's is dog2, and stays")]);
  });
});

describe('the file', () => {
  it('reads back as it was written', async () => {
    const store = await openStore();
    await put(store, 'zone', { id: 'z', name: 'z', b: [1, { d: null, c: 'ü' }], a: 0.5 });
    const written = await exportPolicy(store, { now: 1_700_000_000_123, dialect: 'dog2' });
    expect(policyFileFromJson(JSON.parse(JSON.stringify(policyFileToJson(written))) as Json)).toEqual(written);
    expect(written).toMatchObject({ exportedAt: 1_700_000_000, dialect: 'dog2' });
  });

  const whole = { format: 'dog-trainer policy', version: 1, exported_at: 1, ruleset_dialect: null, resources: {} };
  it.each([
    [[], 'no file that `dog-trainer export` wrote'],
    [{ ...whole, format: 'x' }, 'no file that `dog-trainer export` wrote'],
    [{ ...whole, version: 2 }, 'version 2; this program knows version 1'],
    [{ ...whole, exported_at: 'now' }, '"exported_at"'],
    [{ ...whole, ruleset_dialect: 'dog3' }, '"ruleset_dialect"'],
    [{ ...whole, resources: [] }, '"resources"'],
    [{ ...whole, resources: { ipset: [] } }, 'resources.ipset is not known'],
    [{ ...whole, resources: { zone: {} } }, 'resources.zone must be a list'],
    [{ ...whole, resources: { zone: [1] } }, 'resources.zone[0] must be an object'],
    [{ ...whole, resources: { zone: [{ id: '' }] } }, 'resources.zone[0] must have an id'],
    [{ ...whole, resources: { zone: [{ id: 'a' }, { id: 'a' }] } }, 'resources.zone[1] has the id a'],
  ])('%j is refused', (value, reason) => {
    expect(() => policyFileFromJson(value)).toThrow(reason);
  });
});
