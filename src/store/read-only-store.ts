import type { Store } from './store.js';
import { StoreError } from './store.js';

/** A store that is only looked at: every commit is refused. */
export function readOnlyStore(store: Store): Store {
  return {
    kind: store.kind,
    now: () => store.now(),
    get: (table, id) => store.get(table, id),
    held: store.held,
    list: (table) => store.list(table),
    listFields: (table, fields) => store.listFields(table, fields),
    find: (table, field, value) => store.find(table, field, value),
    commit: () =>
      Promise.reject(new StoreError('read_only', 'this server only observes (start --observe): it writes nothing')),
    feed: (table, from, on) => store.feed(table, from, on),
    audit: (query) => store.audit(query),
    state: () => store.state(),
    onState: (listener) => store.onState(listener),
    close: () => store.close(),
  };
}
