import { type PolicyLookups, policyLookups } from '../../firewall/rules/policy-lookups.js';
import type { JsonObject } from '../../model/document.js';
import type { Store } from '../../store/store.js';
import { listDocuments } from '../documents/load-fleet.js';

/** What rules refer to, as it is stored; `service` takes the place of the stored one of its id. */
export async function loadRuleLookups(store: Store, service?: JsonObject): Promise<PolicyLookups> {
  const [groups, zones, services] = await Promise.all([
    listDocuments(store, 'group'),
    listDocuments(store, 'zone'),
    listDocuments(store, 'service'),
  ]);
  // Of two documents of one id the later one counts.
  return policyLookups(groups, zones, service ? [...services, service] : services);
}
