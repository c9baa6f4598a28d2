import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Document, JsonObject, Table } from '../../../src/model/document.js';
import type { Change, CommitResult, Store } from '../../../src/store/store.js';
import type { StoreTraits } from './harness.js';
import { BY, Watcher } from './harness.js';

const TABLES = ['zone', 'group'] as const satisfies readonly Table[];
const IDS = ['a', 'b', 'c'] as const;

/** What the store should hold: the simplest thing that could. */
class Model {
  tables = new Map<Table, Map<string, Document>>(TABLES.map((table) => [table, new Map<string, Document>()]));

  table(name: Table): Map<string, Document> {
    return this.tables.get(name) ?? new Map<string, Document>();
  }

  /** Why the step fails, or undefined after doing it. */
  step(change: Change): string | undefined {
    const table = this.table(change.table);
    if (change.op === 'create') {
      const doc = change.doc as Document;
      for (const field of change.uniqueOn ?? []) {
        if ([...table.values()].some((other) => other[field] === doc[field])) return 'taken';
      }
      if (table.has(doc.id)) return 'id_taken';
      table.set(doc.id, doc);
      return undefined;
    }
    const current = table.get(change.id);
    if (change.op === 'upsert') {
      table.set(change.id, change.edit(current) as Document);
      return undefined;
    }
    if (current === undefined) return 'not_found';
    if (change.op === 'remove') table.delete(change.id);
    else table.set(change.id, change.edit(current) as Document);
    return undefined;
  }

  commit(changes: readonly Change[]): string {
    const before = new Map([...this.tables].map(([table, docs]) => [table, new Map(docs)]));
    for (const [index, change] of changes.entries()) {
      const failure = this.step(change);
      if (failure === undefined) continue;
      this.tables = before;
      return `${failure} ${index}`;
    }
    return 'ok';
  }
}

const aTable = fc.constantFrom(...TABLES);
const anId = fc.constantFrom(...IDS);
const someFields: fc.Arbitrary<JsonObject> = fc.record(
  { name: fc.constantFrom('x', 'y', 'z'), n: fc.integer(), deep: fc.array(fc.constantFrom(null, true, 'é', 0)) },
  { requiredKeys: ['name'] },
);
const aChange: fc.Arbitrary<Change> = fc.oneof(
  fc
    .record({ table: aTable, id: anId, fields: someFields, unique: fc.boolean() })
    .map(({ table, id, fields, unique }): Change => ({
      op: 'create',
      table,
      doc: { ...fields, id },
      ...(unique && { uniqueOn: ['name'] }),
    })),
  fc
    .record({ table: aTable, id: anId, fields: someFields, op: fc.constantFrom('edit', 'upsert') })
    .map(({ table, id, fields, op }): Change =>
      op === 'edit'
        ? { op: 'edit', table, id, edit: (doc) => ({ ...doc, ...fields }) }
        : { op: 'upsert', table, id, edit: (doc) => ({ ...doc, ...fields, id }) },
    ),
  fc.record({ table: aTable, id: anId }).map(({ table, id }): Change => ({ op: 'remove', table, id })),
);
type Act = { readonly commits: readonly (readonly Change[])[] } | 'reopen' | 'rewatch';
const anAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.array(fc.array(aChange, { maxLength: 4 }), { maxLength: 5 }).map((commits) => ({ commits })),
  },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
  { weight: 2, arbitrary: fc.constant('rewatch' as const) },
);

/** Random commits, several at a time, against the model; watchers that come and go end with the same tables. */
export function modelSuite(traits: StoreTraits, runs: number): void {
  it('does what a map would do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anAct, { maxLength: 30 }), async (acts) => {
        const under = await traits.open();
        try {
          await play(traits, acts, under.store, () => under.reopen());
        } finally {
          await under.destroy();
        }
      }),
      { numRuns: runs },
    );
  }, 300_000);
}

async function play(
  traits: StoreTraits,
  acts: readonly Act[],
  first: Store,
  reopen: () => Promise<Store>,
): Promise<void> {
  const model = new Model();
  let store = first;
  let watchers = TABLES.map((table) => new Watcher(store, table));
  for (const act of acts) {
    if (act === 'reopen' || act === 'rewatch') {
      await Promise.all(watchers.map(({ feed }) => feed.close()));
      if (act === 'reopen') store = await reopen();
      watchers = watchers.map(({ cursor, rows }, i) => new Watcher(store, TABLES[i] ?? 'zone', cursor, rows));
      continue;
    }
    const expected = act.commits.map((changes) => model.commit(changes));
    const results: CommitResult[] = [];
    if (traits.keepsCallOrder) {
      results.push(...(await Promise.all(act.commits.map((changes) => store.commit(changes, BY)))));
    } else for (const changes of act.commits) results.push(await store.commit(changes, BY));
    const got = results.map((result) => (result.ok ? 'ok' : `${result.failure.reason} ${result.failure.index}`));
    expect(got).toEqual(expected);
  }
  for (const [i, table] of TABLES.entries()) {
    const listed = await store.list(table);
    const byId = Object.fromEntries(listed.map(({ doc }) => [doc.id, doc]));
    expect(byId).toEqual(Object.fromEntries(model.table(table)));
    for (const name of ['x', 'y', 'z']) {
      const found = (await store.find(table, 'name', name)).map(({ doc }) => doc.id).sort();
      expect(found).toEqual(
        [...model.table(table).values()]
          .filter((doc) => doc['name'] === name)
          .map(({ id }) => id)
          .sort(),
      );
    }
    const watcher = watchers[i];
    await watcher?.until(({ rows }) => JSON.stringify(sorted(rows)) === JSON.stringify(sorted(model.table(table))));
    await watcher?.feed.close();
  }
}

function sorted(rows: ReadonlyMap<string, Document>): unknown {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, doc]) => [id, Object.entries(doc).sort()]);
}
