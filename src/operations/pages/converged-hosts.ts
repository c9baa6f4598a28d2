import { assignedTo } from '../../actors/groups/assigned.js';
import { wantedHashes, type WantedHashesNeeds } from '../../actors/hosts/wanted-hashes.js';
import type { Config } from '../../config/schema.js';
import { ruleFieldsCompared, type Wanted } from '../../host/hash-check.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';

export type ConvergedHostsNeeds = WantedHashesNeeds & {
  readonly config: Pick<Config, 'check_v6_hashes' | 'ipset_hash_valid_seconds'>;
};

/**
 * Whether a host reports, and reports exactly the rules and sets that it was sent last. One for each page: what hosts of
 * a group are compared with is worked out once. `now`: epoch seconds.
 */
export function convergedHosts(needs: ConvergedHostsNeeds, now: number): (host: Document) => boolean {
  const { check_v6_hashes: checkV6, ipset_hash_valid_seconds: window } = needs.config;
  const fields = ruleFieldsCompared(checkV6);
  const known = new Map<string, Wanted | undefined>();
  const wantedOf = (host: { readonly hostkey: string; readonly group: string }): Wanted | undefined => {
    const assigned = assignedTo(needs, host);
    if (assigned?.output === undefined) return undefined;
    // Hosts that a rollout has reached have something else than the others of their group.
    const key = [assigned.groupId, assigned.output.ruleset.id, assigned.alone, assigned.since].join(' ');
    if (!known.has(key)) known.set(key, wantedHashes(needs, host, now, window));
    return known.get(key);
  };
  return (host) => {
    if (host.active !== 'active') return false;
    const wanted = wantedOf({ hostkey: textOf(host.hostkey), group: textOf(host.group) });
    const { rules, sets } = wanted ?? {};
    if (rules === undefined || fields.some((field) => host[field] !== rules.hashes[field])) return false;
    return sets === undefined || host.ipset_hash === sets.newest;
  };
}
