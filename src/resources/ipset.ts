import type { TableDeclaration, Watched } from './resource.js';

/** ipset (docs/rethinkdb.md#the-database): hashes of past sets. No resource: the API does not offer it. */
export const ipset: TableDeclaration & Watched = {
  name: 'ipset',
  indexes: ['name', 'timestamp'],
  madeInOldDatabases: true,
  // Nothing rests on it: whoever compares hashes reads the rows.
  watch: { dirties: () => undefined },
};
