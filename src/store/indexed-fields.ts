import type { Table } from '../model/document.js';
import { TABLES } from '../resources/resources.js';

/**
 * Fields that every store indexes (docs/rethinkdb.md#the-database; `token` is ours). Without an index a search
 * reads every document.
 */
export const INDEXED_FIELDS: Partial<Record<Table, readonly string[]>> = {
  ...Object.fromEntries(Object.values(TABLES).map(({ name, indexes }) => [name, indexes])),
  token: ['name'],
};
