import { type PolicyLookups, policyLookups } from '../../firewall/rules/policy-lookups.js';
import type { JsonObject } from '../../model/document.js';
import type { Needs } from '../resource.js';

/** What rules refer to, as it is stored; `service` takes the place of the stored one of its id. */
export async function loadRuleLookups({ list }: Pick<Needs, 'list'>, service?: JsonObject): Promise<PolicyLookups> {
  const [groups, zones, services] = await Promise.all([list('group'), list('zone'), list('service')]);
  // Of two documents of one id the later one counts.
  return policyLookups(groups, zones, service ? [...services, service] : services);
}
