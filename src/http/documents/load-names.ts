import { type NamesById, namesById } from '../../model/ruleset-names.js';
import { SERVICE_ANY } from '../../model/builtins.js';
import type { Store } from '../../store/store.js';
import { type HclNames, terraformNames } from '../text/hcl-names.js';
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

/** What everything that Terraform text refers to is called there. Built-in ids have no resource. */
export async function loadHclNames(store: Store): Promise<HclNames> {
  const [groups, profiles, services, zones] = await Promise.all([
    listDocuments(store, 'group'),
    listDocuments(store, 'profile'),
    listDocuments(store, 'service'),
    listDocuments(store, 'zone'),
  ]);
  return {
    groups: terraformNames(groups),
    profiles: terraformNames(profiles),
    services: terraformNames(services),
    zones: terraformNames(zones),
  };
}
