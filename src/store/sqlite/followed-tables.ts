import type { Table } from '../../model/document.js';

/** Tables that nobody follows: they hold what the server itself has made, and it alone reads them. */
const NOT_FOLLOWED: ReadonlySet<Table> = new Set([
  'host_history',
  'revision',
  'ruleset_output',
  'ruleset_text',
  'set_history',
]);

/**
 * Whether the change table keeps what happens in this one, so that a watcher can go on from where it was. Of the others
 * a feed that is opened again begins with a snapshot.
 */
export function isFollowed(table: Table): boolean {
  return !NOT_FOLLOWED.has(table);
}
