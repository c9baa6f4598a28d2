import type { Store } from '../../store/store.js';
import { type HclNames, terraformNames } from '../text/hcl-names.js';
import { listDocuments } from './load-fleet.js';

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
