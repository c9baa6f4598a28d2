import type { Store } from '../../store/store.js';
import { type HclNames, terraformNames } from '../text/hcl-names.js';
import { listDocuments } from './load-fleet.js';

/** The Terraform names of all documents that HCL refers to. Built-in ids have none. */
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
