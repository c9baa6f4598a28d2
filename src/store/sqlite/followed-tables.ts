import type { Table } from '../../model/document.js';

/**
 * Tables whose changes are not kept: what the server itself has made, and what hosts report, hundreds of rows a second that
 * mostly say that a host is there. A row of the change table would be two fifths of what the store does for such a report,
 * and push out what happened in all other tables; for a snapshot all rows are in memory.
 */
const NOT_KEPT: ReadonlySet<Table> = new Set([
  'host',
  'host_history',
  'host_report',
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
  return !NOT_KEPT.has(table);
}
