import type { Document } from '../../src/model/document.js';
import type { Change, Store } from '../../src/store/store.js';

/** What one commit wrote. */
export type Committed = (rows: readonly { readonly table: string; readonly doc: Document }[]) => void;

/** A store that several servers of a test share, one after another or at once. */
export interface WatchedStore extends Store {
  /** Calls that are not answered yet: time must not pass meanwhile, or a busy disk would look like an outage. */
  readonly pending: number;
}

/** Tells what is committed as soon as it is; `now`: epoch milliseconds. */
export function watchedStore(store: Store, clock: { now(): number }, committed: Committed): WatchedStore {
  let pending = 0;
  const count = async <T>(work: Promise<T>): Promise<T> => {
    pending += 1;
    try {
      return await work;
    } finally {
      pending -= 1;
    }
  };
  return {
    kind: store.kind,
    get pending() {
      return pending;
    },
    now: () => Promise.resolve(Math.floor(clock.now())),
    get: (table, id) => count(store.get(table, id)),
    list: (table) => count(store.list(table)),
    listFields: (table, fields) => count(store.listFields(table, fields)),
    find: (table, field, value) => count(store.find(table, field, value)),
    async commit(changes, by) {
      const result = await count(store.commit(changes, by));
      if (result.ok)
        committed(
          result.stored.flatMap((stored, index) => {
            const table = changes[index]?.table;
            return stored === undefined || table === undefined ? [] : [{ table, doc: stored.doc }];
          }),
        );
      return result;
    },
    feed: (table, from, on) => store.feed(table, from, on),
    audit: (query) => count(store.audit(query)),
    state: () => store.state(),
    onState: (listener) => store.onState(listener),
    close: () => store.close(),
  };
}

export function touches(changes: readonly Change[], table: string): boolean {
  return changes.some((change) => change.table === table);
}
