import { type NamesById, namesById } from '../../model/ruleset-names.js';
import { SERVICE_ANY } from '../../model/builtins.js';
import type { Store } from '../../store/store.js';
import { listDocuments } from './load-fleet.js';

/** The names of everything that rules name by id. Built-in ids are their own names. */
export async function loadNames(store: Store): Promise<NamesById> {
  const [groups, zones, services] = await Promise.all([
    listDocuments(store, 'group'),
    listDocuments(store, 'zone'),
    listDocuments(store, 'service'),
  ]);
  return { groups: namesById(groups), zones: namesById(zones), services: namesById([...services, SERVICE_ANY]) };
}
