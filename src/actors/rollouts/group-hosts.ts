import type { Document } from '../../model/document.js';
import { RULESET_VARIANTS } from '../../model/ruleset-variants.js';
import type { StoredRuleset } from '../../model/stored-ruleset.js';
import { textOf } from '../../model/text-of.js';
import { hostOrder } from '../../rollout/host-order.js';
import type { World } from '../../world/world.js';

export type HostsWorld = Pick<World, 'hostByKey' | 'hostsOf' | 'groupByName' | 'knowledge'>;

/** When a host was heard last, epoch seconds; 0: never. */
export function reportedAt(row: Document): number {
  return typeof row['keepalive_timestamp'] === 'number' ? row['keepalive_timestamp'] : 0;
}

/** Whether a host's newest report shows these rules, as far as they are checked. */
export function holdsRuleset(row: Document, { texts }: StoredRuleset, checkV6: boolean): boolean {
  return RULESET_VARIANTS.every(
    ({ key, family, hashField }) => (family === 'v6' && !checkV6) || row[hashField] === texts[key].hash,
  );
}

/** Why a host that was given a revision proves nothing; undefined: it may. */
export function whyExempt(world: HostsWorld, groupName: string, hostkey: string): string | undefined {
  const row = world.hostByKey(hostkey);
  if (row === undefined) return 'is not known any more';
  if (row['group'] !== groupName) return 'is in another group now';
  if (row['active'] === 'retired') return 'is retired';
  if (row['unverified'] === true) return 'its agent can not show its rules';
  return typeof world.knowledge(hostkey)?.['stopped_at'] === 'number' ? 'its agent was stopped' : undefined;
}

/** A host that may be given a new revision. */
export interface EligibleHost {
  readonly hostkey: string;
  readonly name: string;
  readonly canary: boolean;
}

export interface GroupHosts {
  /** Hosts of the group that report. */
  readonly reporting: number;
  /** Those of them that may be given the candidate, in the order in which they are. */
  readonly eligible: readonly EligibleHost[];
}

/**
 * Which hosts of a group may be given a new revision: those that report, and show that they have what their group has.
 * What others would show proves nothing; they get it at last, with all.
 */
export function groupHosts(
  world: HostsWorld,
  {
    groupId,
    groupName,
    base,
    candidate,
    taken,
    heardSince,
    checkV6,
  }: {
    readonly groupId: string;
    readonly groupName: string;
    readonly base: StoredRuleset;
    readonly candidate: StoredRuleset;
    /** Those that were given it already. */
    readonly taken: ReadonlySet<string>;
    /** Epoch seconds: who was not heard since does not report. */
    readonly heardSince: number;
    readonly checkV6: boolean;
  },
): GroupHosts {
  let reporting = 0;
  const eligible: EligibleHost[] = [];
  for (const row of world.hostsOf(groupName)) {
    const hostkey = textOf(row['hostkey']);
    if (hostkey === '' || row['active'] !== 'active' || reportedAt(row) < heardSince) continue;
    // Of several rows with one hostkey the first is the one that reports.
    if (world.hostByKey(hostkey)?.id !== row.id) continue;
    reporting += 1;
    if (taken.has(hostkey) || whyExempt(world, groupName, hostkey) !== undefined) continue;
    if (!holdsRuleset(row, base, checkV6) && !holdsRuleset(row, candidate, checkV6)) continue;
    eligible.push({ hostkey, name: textOf(row['name']), canary: row['canary'] === true });
  }
  return { reporting, eligible: hostOrder(eligible, groupId) };
}
