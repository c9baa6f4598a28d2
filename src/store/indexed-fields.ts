import type { Table } from '../model/document.js';

/**
 * Fields that every store indexes (docs/rethinkdb.md#the-database; `token` is ours). A field without an index is found
 * by looking at every document.
 */
export const INDEXED_FIELDS: Partial<Record<Table, readonly string[]>> = {
  external: ['name'],
  fact: ['name'],
  group: ['name', 'profile_id'],
  host: ['group', 'hostkey', 'hostname', 'name'],
  ipset: ['name', 'timestamp'],
  link: ['name'],
  profile: ['docker', 'name'],
  ruleset: ['name', 'profile_id'],
  service: ['name'],
  zone: ['name'],
  token: ['name'],
};
