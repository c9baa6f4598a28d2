import type { TableDeclaration, Watched } from './resource.js';

/** ipset (docs/rethinkdb.md#the-database): hashes of past sets. No resource: the API does not offer it. */
export const ipset: TableDeclaration & Watched = {
  name: 'ipset',
  indexes: ['name', 'timestamp'],
  madeInOldDatabases: true,
  // Nothing in the world depends on it: hash comparisons read the rows.
  watch: { dirties: () => undefined },
};
