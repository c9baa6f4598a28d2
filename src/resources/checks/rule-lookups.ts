import { type PolicyLookups, policyLookups } from '../../firewall/rules/policy-lookups.js';
import type { Document, Json, JsonObject, Resource } from '../../model/document.js';
import { eachRule } from '../../model/rules-of.js';
import { isObject } from '../../model/validate.js';
import type { Needs } from '../resource.js';

/** More names than these are looked up by reading the whole tables. */
const FEW = 200;

/** What rules refer to, as it is stored; `service` takes the place of the stored one of its id. */
export async function loadRuleLookups({ list }: Pick<Needs, 'list'>, service?: JsonObject): Promise<PolicyLookups> {
  const [groups, zones, services] = await Promise.all([list('group'), list('zone'), list('service')]);
  // Of two documents of one id the later one counts.
  return policyLookups(groups, zones, service ? [...services, service] : services);
}

/** What these rules refer to, and nothing else: a write of one ruleset costs the same however many groups there are. */
export async function lookupsOfRules(needs: Pick<Needs, 'list' | 'get'>, rules: Json): Promise<PolicyLookups> {
  const [peers, services] = [idsIn(rules, 'group'), idsIn(rules, 'service')];
  if (peers.length + services.length > FEW) return loadRuleLookups(needs);
  return policyLookups(
    await those(needs, 'group', peers),
    await those(needs, 'zone', peers),
    await those(needs, 'service', services),
  );
}

function idsIn(rules: Json, field: 'group' | 'service'): readonly string[] {
  const ids = new Set<string>();
  if (!isObject(rules)) return [];
  for (const { rule } of eachRule({ rules })) {
    const id = rule[field];
    if (typeof id === 'string') ids.add(id);
  }
  return [...ids];
}

async function those(
  { get }: Pick<Needs, 'get'>,
  table: Resource,
  ids: readonly string[],
): Promise<readonly Document[]> {
  const found: Document[] = [];
  const late: Promise<Document | undefined>[] = [];
  for (const id of ids) {
    const doc = get(table, id);
    if (doc instanceof Promise) late.push(doc);
    else if (doc !== undefined) found.push(doc);
  }
  // Where the store holds them in memory there is nothing to wait for.
  if (late.length > 0) found.push(...(await Promise.all(late)).filter((doc) => doc !== undefined));
  return found;
}
