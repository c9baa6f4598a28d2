import type { Document, Table } from '../../../src/model/document.js';
import type { Change, CommitResult, Store, StoreError } from '../../../src/store/store.js';

/** The calls of a store that actors make, over plain maps. */
export interface MemoryStore extends Pick<Store, 'get' | 'list' | 'listFields' | 'commit'> {
  /** The steps of every commit that was asked for. */
  readonly commits: (readonly Change[])[];
  /** What calls are rejected with; `undefined`: they are answered. */
  failure: StoreError | undefined;
  doc(table: Table, id: string): Document | undefined;
  rows(table: Table): readonly Document[];
}

export function memoryStore(filled: Partial<Record<Table, readonly Document[]>> = {}): MemoryStore {
  const tables = new Map<string, Map<string, Document>>();
  const table = (name: string): Map<string, Document> => {
    const known = tables.get(name) ?? new Map<string, Document>();
    tables.set(name, known);
    return known;
  };
  for (const [name, rows] of Object.entries(filled)) for (const row of rows) table(name).set(row.id, row);
  const answer = async <T>(make: () => T): Promise<T> => {
    await Promise.resolve();
    if (store.failure !== undefined) throw store.failure;
    return make();
  };
  const store: MemoryStore = {
    commits: [],
    failure: undefined,
    doc: (name, id) => table(name).get(id),
    rows: (name) => [...table(name).values()],
    get: (name, id) =>
      answer(() => {
        const doc = table(name).get(id);
        return doc === undefined ? undefined : { doc, revision: 1 };
      }),
    list: (name) => answer(() => [...table(name).values()].map((doc) => ({ doc, revision: 1 }))),
    listFields: (name) => answer(() => [...table(name).values()]),
    commit: (changes) => {
      store.commits.push(changes);
      return answer(() => {
        for (const change of changes) take(table(change.table), change);
        return { ok: true, stored: changes.map(() => undefined) } satisfies CommitResult;
      });
    },
  };
  return store;
}

function take(rows: Map<string, Document>, change: Change): void {
  if (change.op === 'create') throw new Error('nobody here creates');
  if (change.op === 'remove') return void rows.delete(change.id);
  const before = rows.get(change.id);
  if (before === undefined && change.op === 'edit') return;
  const after = change.edit(before as Document);
  if ('id' in after) rows.set(change.id, after);
}
