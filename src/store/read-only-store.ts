import { OWN_TABLES, type Table } from '../model/document.js';
import type { Feed, Store } from './store.js';
import { StoreError } from './store.js';

const isOwn = (table: Table): boolean => OWN_TABLES.some((own) => own === table);

/**
 * A store that is only looked at: every commit is refused. With `hideOwnTables` this program's own tables are shown
 * empty, as the database of another server need not have them.
 */
export const readOnlyStore = (store: Store, options: { readonly hideOwnTables: boolean }): Store => {
  const hidden = (table: Table): boolean => options.hideOwnTables && isOwn(table);
  return {
    kind: store.kind,
    get: (table, id) => (hidden(table) ? Promise.resolve(undefined) : store.get(table, id)),
    list: (table) => (hidden(table) ? Promise.resolve([]) : store.list(table)),
    find: (table, field, value) => (hidden(table) ? Promise.resolve([]) : store.find(table, field, value)),
    commit: () =>
      Promise.reject(new StoreError('read_only', 'this server only observes (start --observe): it writes nothing')),
    feed: (table, from, on) => (hidden(table) ? emptyFeed(on) : store.feed(table, from, on)),
    audit: (query) => (options.hideOwnTables ? Promise.resolve([]) : store.audit(query)),
    state: () => store.state(),
    onState: (listener) => store.onState(listener),
    close: () => store.close(),
  };
};

const emptyFeed = (on: Parameters<Store['feed']>[2]): Feed => {
  let open = true;
  setImmediate(() => {
    if (open) on({ type: 'snapshot', rows: [], cursor: '' });
  });
  return {
    close: () => {
      open = false;
      return Promise.resolve();
    },
  };
};
