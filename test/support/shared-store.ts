import { StoreError, type Store, type StoreState } from '../../src/store/store.js';

/** One server's way to a store that several share. */
export interface SharedStore extends Store {
  /** Cuts this server off from the store, or lets it through again. */
  away(away: boolean): void;
}

/**
 * An embedded store as one of several servers would see a shared one: with an election, and an outage of its own. Its
 * feeds go on in an outage; closing it leaves the store open.
 */
export function sharedStore(store: Store): SharedStore {
  let state: StoreState = { up: true, since: Date.now() };
  const listeners = new Set<(state: StoreState) => void>();
  const reach = <T>(call: () => Promise<T>): Promise<T> =>
    state.up ? call() : Promise.reject(new StoreError('unavailable', 'the store is cut off by the test'));
  return {
    kind: 'rethinkdb',
    now: () => reach(() => store.now()),
    get: (table, id) => reach(() => store.get(table, id)),
    list: (table) => reach(() => store.list(table)),
    listFields: (table, fields) => reach(() => store.listFields(table, fields)),
    find: (table, field, value) => reach(() => store.find(table, field, value)),
    commit: (changes, by) => reach(() => store.commit(changes, by)),
    feed: (table, from, on) => store.feed(table, from, on),
    audit: (query) => reach(() => store.audit(query)),
    state: () => state,
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => Promise.resolve(),
    away(away) {
      state = away ? { up: false, since: Date.now(), reason: 'cut off by the test' } : { up: true, since: Date.now() };
      for (const listener of listeners) listener(state);
    },
  };
}
