import type { Document, Table } from '../../../src/model/document.js';
import type { Change, CommitFailure, CommitResult, Store, Stored, StoreError } from '../../../src/store/store.js';
import { World, WORLD_TABLES, type WorldTableName } from '../../../src/world/world.js';

/** A world of these rows, loaded. */
export function smallWorld(rows: Partial<Record<WorldTableName, readonly Document[]>> = {}): World {
  const world = new World({ generateUnset: false });
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  return world;
}

/** The two calls of a store that actors here use, over plain maps. */
export interface SmallStore extends Pick<Store, 'commit' | 'listFields'> {
  /** Of every commit that was asked for, the steps. */
  readonly commits: (readonly Change[])[];
  doc(table: Table, id: string): Document | undefined;
  /** Somebody else writes this. */
  put(table: WorldTableName, doc: Document): void;
  remove(table: WorldTableName, id: string): void;
  /** What commits are rejected with; undefined: they are taken. */
  failure: StoreError | undefined;
  /** While true the world does not hear of what is stored. */
  unheard: boolean;
}

/** A store that holds what `world` does, and from which the world hears of every change at once. */
export function smallStore(world: World): SmallStore {
  const tables = new Map<string, Map<string, Document>>();
  const table = (name: string): Map<string, Document> => {
    const known = tables.get(name) ?? new Map<string, Document>();
    tables.set(name, known);
    return known;
  };
  for (const name of WORLD_TABLES) for (const [id, doc] of world.rows(name)) table(name).set(id, doc);
  const isOfWorld = (name: string): name is WorldTableName => WORLD_TABLES.some((each) => each === name);
  const tell = (name: string, id: string, after: Document | undefined): void => {
    if (!store.unheard && isOfWorld(name)) world.apply(name, [after === undefined ? { id } : { id, after }]);
  };
  let made = 0;
  const store: SmallStore = {
    commits: [],
    failure: undefined,
    unheard: false,
    doc: (name, id) => table(name).get(id),
    put: (name, doc) => {
      table(name).set(doc.id, doc);
      tell(name, doc.id, doc);
    },
    remove: (name, id) => {
      table(name).delete(id);
      tell(name, id, undefined);
    },
    listFields: (name) => Promise.resolve([...table(name).values()]),
    commit: async (changes) => {
      store.commits.push(changes);
      await Promise.resolve();
      if (store.failure !== undefined) throw store.failure;
      const results: { readonly name: Table; readonly id: string; readonly after: Document | undefined }[] = [];
      for (const [index, change] of changes.entries()) {
        const step = take(table(change.table), change, () => `made-${(made += 1)}`);
        if ('reason' in step) return { ok: false, failure: { ...step, index } as CommitFailure };
        results.push({ name: change.table, id: step.id, after: step.after });
      }
      for (const { name, id, after } of results) {
        if (after === undefined) table(name).delete(id);
        else table(name).set(id, after);
        tell(name, id, after);
      }
      const stored = results.map(({ after }): Stored | undefined =>
        after === undefined ? undefined : { doc: after, revision: 1 },
      );
      return { ok: true, stored } satisfies CommitResult;
    },
  };
  return store;
}

type Step =
  | { readonly id: string; readonly after: Document | undefined }
  | { readonly reason: 'not_found' }
  | { readonly reason: 'refused'; readonly refused: object }
  | { readonly reason: 'taken'; readonly field: string; readonly existing: Stored };

function take(rows: ReadonlyMap<string, Document>, change: Change, newId: () => string): Step {
  if (change.op === 'create') {
    const { doc, uniqueOn = [] } = change;
    for (const field of uniqueOn) {
      const twin = [...rows.values()].find((row) => row[field] === doc[field]);
      if (twin !== undefined) return { reason: 'taken', field, existing: { doc: twin, revision: 1 } };
    }
    const after = { id: newId(), ...doc };
    return { id: after.id, after };
  }
  const current = rows.get(change.id);
  if (change.op === 'remove') return { id: change.id, after: undefined };
  if (change.op === 'edit' && current === undefined) return { reason: 'not_found' };
  const after = change.edit(current as Document);
  if (!('id' in after)) return { reason: 'refused', refused: after.refused };
  return { id: change.id, after: after };
}
