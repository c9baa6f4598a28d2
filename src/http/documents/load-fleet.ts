import type { Document, Table } from '../../model/document.js';
import type { Store, Stored } from '../../store/store.js';
import type { Fleet } from '../../resources/views/builtin-groups.js';

/** The documents of lists of a store, by list: neither ever changes. */
const documents = new WeakMap<readonly Stored[], readonly Document[]>();

/** The documents of a table. The same frozen list as long as the store gives the same, as the embedded one does until a row changes. */
export async function listDocuments(store: Store, table: Table): Promise<readonly Document[]> {
  const rows = await store.list(table);
  const known = documents.get(rows);
  if (known !== undefined) return known;
  const made = Object.freeze(rows.map(({ doc }) => doc));
  // Another list might change.
  if (Object.isFrozen(rows)) documents.set(rows, made);
  return made;
}

/** Every group and host: what derived addresses are made of. */
export async function loadFleet(store: Store): Promise<Fleet> {
  const [groups, hosts] = await Promise.all([listDocuments(store, 'group'), listDocuments(store, 'host')]);
  return { groups, hosts };
}
