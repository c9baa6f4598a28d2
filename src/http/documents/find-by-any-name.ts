import type { Document, Resource } from '../../model/document.js';
import { RESOURCES } from '../../resources/resources.js';
import type { Store } from '../../store/store.js';
import { byId, byName } from './find-document.js';

/** The group with this id, or else with this name: people know no ids. */
export async function groupByIdOrName(store: Store, text: string): Promise<Document | undefined> {
  const found = await byId(store, 'group', text);
  if (found !== undefined) return found.doc;
  const model = RESOURCES.get('group');
  return model && (await byName(store, model, text))?.doc;
}

/** The host with this id, hostkey or name, in this order; of several with the name one that is active, if there is one. */
export async function hostByAnyName(store: Store, text: string): Promise<Document | undefined> {
  const found = (await byId(store, 'host', text)) ?? (await store.find('host', 'hostkey', text))[0];
  if (found !== undefined) return found.doc;
  const named = (await store.find('host', 'name', text)).map(({ doc }) => doc);
  return named.find(({ active }) => active === 'active') ?? named[0];
}

/** Resources whose documents v2 lets call by a name wherever it takes an id, and how they are found. */
export const BY_ANY_NAME: Partial<Record<Resource, (store: Store, text: string) => Promise<Document | undefined>>> = {
  group: groupByIdOrName,
  host: hostByAnyName,
};
