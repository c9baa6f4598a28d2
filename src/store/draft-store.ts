import type { Document, Json, Table } from '../model/document.js';
import { sameJson } from '../model/same-json.js';
import { runSteps } from './run-steps.js';
import { type Change, type CommitResult, type Store, StoreError, type Stored } from './store.js';

/** What became of one document since the draft was begun; `before` absent: it is new; `after` absent: it is removed. */
export interface DraftRow {
  readonly table: Table;
  readonly id: string;
  readonly before?: Stored;
  readonly after?: Document;
}

/** A store whose commits stay in memory. */
export interface DraftStore extends Store {
  /** The documents that are different from those of the store beneath, in the order in which they were first touched. */
  rows(): readonly DraftRow[];
}

interface Touched {
  readonly table: Table;
  readonly id: string;
  readonly before: Stored | undefined;
  now: Stored | undefined;
}

/**
 * A store over another one: reads see what was committed to it, as if it had been written, and nothing reaches the store
 * beneath. So a list of writes is checked as if made one after another. It has no feeds.
 */
export function draftStore(base: Store): DraftStore {
  const touched = new Map<string, Touched>();
  const keyOf = (table: Table, id: string): string => `${table} ${id}`;
  let revisions = 0;

  const seen = (table: Table): readonly Touched[] => [...touched.values()].filter((one) => one.table === table);
  const get = async (table: Table, id: string): Promise<Stored | undefined> => {
    const known = touched.get(keyOf(table, id));
    return known === undefined ? base.get(table, id) : known.now;
  };
  /** `rows` as they are now: those touched in their places, new ones at the end. */
  const overlaid = (table: Table, rows: readonly Stored[], fits: (doc: Document) => boolean): readonly Stored[] => {
    const here = seen(table);
    if (here.length === 0) return rows;
    const ids = new Set(rows.map(({ doc }) => doc.id));
    const kept = rows.flatMap((row) => {
      const known = touched.get(keyOf(table, row.doc.id));
      if (known === undefined) return [row];
      return known.now !== undefined && fits(known.now.doc) ? [known.now] : [];
    });
    const more = here.flatMap(({ id, now }) => (now !== undefined && !ids.has(id) && fits(now.doc) ? [now] : []));
    return [...kept, ...more];
  };
  const list = async (table: Table): Promise<readonly Stored[]> => overlaid(table, await base.list(table), () => true);
  const find = async (table: Table, field: string, value: string): Promise<readonly Stored[]> =>
    overlaid(table, await base.find(table, field, value), (doc) => doc[field] === value);

  /** Everything that the steps may look at, so that they can run without waiting. */
  const fetched = async (changes: readonly Change[]) => {
    const documents = new Map<string, Stored | undefined>();
    const holders = new Map<string, readonly Stored[]>();
    for (const change of changes) {
      const { table } = change;
      const id = change.op === 'create' ? change.doc['id'] : change.id;
      if (typeof id === 'string') documents.set(keyOf(table, id), await get(table, id));
      if (change.op !== 'create') continue;
      for (const field of change.uniqueOn ?? []) {
        const value = Object.hasOwn(change.doc, field) ? change.doc[field] : undefined;
        if (value === undefined) continue;
        const found =
          typeof value === 'string'
            ? await find(table, field, value)
            : (await list(table)).filter(({ doc }) => sameJson(doc[field] ?? null, value));
        holders.set(JSON.stringify([table, field, value]), found);
      }
    }
    return { documents, holders };
  };

  const commit = async (changes: readonly Change[]): Promise<CommitResult> => {
    const { documents, holders } = await fetched(changes);
    const written = new Map<string, Touched>();
    const holds = (doc: Document | undefined, field: string, value: Json): boolean =>
      doc !== undefined && Object.hasOwn(doc, field) && sameJson(doc[field], value);
    const result = runSteps(
      {
        get: (table, id) => {
          const key = keyOf(table, id);
          return written.has(key) ? written.get(key)?.now : documents.get(key);
        },
        holder: (table, field, value) => {
          const known = holders.get(JSON.stringify([table, field, value])) ?? [];
          const standing = known.find(({ doc }) => {
            const rewritten = written.get(keyOf(table, doc.id));
            return rewritten === undefined || holds(rewritten.now?.doc, field, value);
          });
          const fresh = [...written.values()].find((one) => one.table === table && holds(one.now?.doc, field, value));
          return standing ?? fresh?.now;
        },
        write: (table, id, before, doc) => {
          const key = keyOf(table, id);
          const first = written.get(key) ?? touched.get(key);
          revisions += 1;
          const now = doc === undefined ? undefined : { doc, revision: (before?.revision ?? 0) + revisions };
          written.set(key, { table, id, before: first === undefined ? before : first.before, now });
          return now;
        },
      },
      changes,
    );
    if (result.ok) for (const [key, one] of written) touched.set(key, one);
    return result;
  };

  const none = (): never => {
    throw new StoreError('closed', 'a draft has no feed and no audit trail');
  };
  return {
    kind: base.kind,
    now: () => base.now(),
    get,
    list,
    listFields: async (table, fields) =>
      (await list(table)).map(
        ({ doc }) =>
          Object.fromEntries(Object.entries(doc).filter(([key]) => key === 'id' || fields.includes(key))) as Document,
      ),
    find,
    commit,
    feed: none,
    audit: none,
    state: () => base.state(),
    onState: () => () => undefined,
    close: () => Promise.resolve(),
    rows: () =>
      [...touched.values()].flatMap(({ table, id, before, now }) => {
        const same = before === undefined ? now === undefined : now !== undefined && sameJson(before.doc, now.doc);
        if (same) return [];
        return [{ table, id, ...(before && { before }), ...(now && { after: now.doc }) }];
      }),
  };
}
