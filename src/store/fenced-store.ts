import type { Fence, Store } from './store.js';
import { StoreError } from './store.js';

/**
 * The store as the leader writes to it: every commit carries the current fence. When `fence` returns undefined, this
 * server does not lead, and every commit is refused as `fenced`.
 */
export function fencedStore(store: Store, fence: () => Fence | undefined): Store {
  return {
    kind: store.kind,
    now: () => store.now(),
    get: (table, id) => store.get(table, id),
    held: store.held,
    list: (table) => store.list(table),
    listFields: (table, fields) => store.listFields(table, fields),
    find: (table, field, value) => store.find(table, field, value),
    commit: (changes, by) => {
      const current = fence();
      if (current !== undefined) return store.commit(changes, { ...by, fence: current });
      return Promise.reject(
        new StoreError('fenced', 'this server does not lead, so what only the leader may write was not written'),
      );
    },
    feed: (table, from, on) => store.feed(table, from, on),
    audit: (query) => store.audit(query),
    state: () => store.state(),
    onState: (listener) => store.onState(listener),
    close: () => store.close(),
  };
}
