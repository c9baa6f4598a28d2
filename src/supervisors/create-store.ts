import type { Log } from '../actors/log-port.js';
import type { Config } from '../config/schema.js';
import type { Store } from '../store/store.js';
import { createSqliteStore } from '../store/sqlite/create-sqlite-store.js';

const DAY_MS = 86_400_000;

/**
 * Opens the configured store.
 * @throws StoreError when it is corrupt, in use by another server, or can't be opened
 */
export const createStore = (
  config: Config,
  log: Log,
  _options: { readonly readOnly?: boolean } = {},
): Promise<Store> => {
  const { kind, path, audit_days, audit_max } = config.store;
  switch (kind) {
    case 'sqlite':
      return createSqliteStore({
        path,
        audit: { rows: audit_max, ageMs: audit_days * DAY_MS },
        notice: (text) => log.warn({ path }, text),
      });
    case 'rethinkdb':
      return Promise.reject(new Error('store.kind: rethinkdb is not built yet; use sqlite'));
  }
};
