import type { Document, Table } from '../../model/document.js';
import type { Store } from '../../store/store.js';
import type { Fleet } from '../../resources/views/builtin-groups.js';

/** The documents of a table. */
export async function listDocuments(store: Store, table: Table): Promise<readonly Document[]> {
  return (await store.list(table)).map(({ doc }) => doc);
}

/** Every group and host: what derived addresses are made of. */
export async function loadFleet(store: Store): Promise<Fleet> {
  const [groups, hosts] = await Promise.all([listDocuments(store, 'group'), listDocuments(store, 'host')]);
  return { groups, hosts };
}
