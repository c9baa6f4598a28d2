import { isAddressPart, type Policy, type PolicyPart } from '../firewall/policy/policy.js';
import { changedRulesets } from '../firewall/policy/rulesets-by-profile.js';
import { isPolicyPart } from '../firewall/policy/malformed-fields.js';
import type { Document } from '../model/document.js';
import type { RowChange } from '../model/row-change.js';
import { OverlayMap } from './overlay-map.js';

/** A changed row, and its table. */
export interface TableChange {
  readonly table: string;
  readonly change: RowChange;
}

/** Whether any of the changes may move addresses. */
export function movesAddresses(changes: readonly TableChange[]): boolean {
  return changes.some(({ table }) => isAddressPart(table));
}

/**
 * A policy as it would be after the changes: `base` is read, not copied, so that it goes on following what becomes of
 * `base`, and is as old or new as that is.
 */
export function overlayPolicy(base: Policy, changes: readonly TableChange[]): Policy {
  const changed = new Map<PolicyPart, Map<string, Document | undefined>>();
  for (const { table, change } of changes) {
    if (!isPolicyPart(table)) continue;
    const rows = changed.get(table) ?? new Map<string, Document | undefined>();
    rows.set(change.id, change.after);
    changed.set(table, rows);
  }
  const part = (name: PolicyPart): ReadonlyMap<string, Document> => {
    const rows = changed.get(name);
    return rows === undefined ? base[name] : new OverlayMap(base[name], rows);
  };
  return {
    external: part('external'),
    group: part('group'),
    host: part('host'),
    link: part('link'),
    profile: part('profile'),
    ruleset: part('ruleset'),
    service: part('service'),
    zone: part('zone'),
    ...(base.rulesetsByProfile === undefined
      ? {}
      : { rulesetsByProfile: changedRulesets(base.rulesetsByProfile, changed.get('ruleset') ?? new Map()) }),
    anyIsEveryone: base.anyIsEveryone === true,
    ...(base.hostAddressesMax === undefined ? {} : { hostAddressesMax: base.hostAddressesMax }),
    ...(movesAddresses(changes) ? {} : { addressesAsIn: base }),
    get version() {
      // Without a version nothing would be kept from one group to the next.
      return base.version ?? 0;
    },
  };
}
