import type { Table } from '../model/document.js';
import { TABLES } from '../resources/resources.js';

/**
 * Fields that every store indexes (docs/rethinkdb.md#the-database; `token` is ours). A field without an index is found
 * by looking at every document.
 */
export const INDEXED_FIELDS: Partial<Record<Table, readonly string[]>> = {
  ...Object.fromEntries(Object.values(TABLES).map(({ name, indexes }) => [name, indexes])),
  token: ['name'],
};
