import type { Dialect } from '../firewall/dialect.js';
import { compareBytes } from '../firewall/hash/byte-order.js';
import type { Policy } from '../firewall/policy/policy.js';
import { policyView } from '../firewall/policy/policy-view.js';
import { sortedDocuments } from '../firewall/policy/sorted-documents.js';
import { textOf } from '../model/text-of.js';
import { difference } from './difference.js';
import type { Ec2Direction, Ec2Packets, Ec2Permission, Ec2Rule, PresentGroup } from './ec2-rule.js';
import { groupIdsOf } from './group-ids.js';
import { wantedRules, type RefusedRule, type WantedSource } from './wanted-rules.js';

/** A security group that groups of ours name; more than one group may. */
export interface Target {
  readonly sgid: string;
  /** Ids of the groups, in byte order. */
  readonly groups: readonly string[];
}

/** What is to be done to one direction of a security group. */
export interface DirectionPlan {
  readonly add: readonly Ec2Permission[];
  readonly remove: readonly Ec2Permission[];
  readonly refused: readonly RefusedRule[];
  /** Why nothing may be done. */
  readonly error?: string;
}

/** What is to be done to one security group; `error`: why nothing may be. */
export interface GroupPlan {
  readonly sgid: string;
  /** Names of our groups. */
  readonly groups: readonly string[];
  readonly inbound: DirectionPlan;
  readonly outbound: DirectionPlan;
  readonly error?: string;
}

/** The security groups that our groups name, by region; regions and groups in byte order. */
export function targetsByRegion(policy: Policy): ReadonlyMap<string, readonly Target[]> {
  const regions = new Map<string, Map<string, string[]>>();
  for (const group of sortedDocuments(policy.group.values()))
    for (const { region, sgid } of groupIdsOf(group)) {
      const targets = regions.get(region) ?? new Map<string, string[]>();
      regions.set(region, targets);
      const groups = targets.get(sgid) ?? [];
      targets.set(sgid, groups);
      groups.push(group.id);
    }
  return new Map(
    [...regions]
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([region, targets]) => [
        region,
        [...targets].sort(([a], [b]) => compareBytes(a, b)).map(([sgid, groups]) => ({ sgid, groups })),
      ]),
  );
}

const NOTHING: DirectionPlan = { add: [], remove: [], refused: [] };

/**
 * The default rule: members of a security group reach each other. There is none for what goes out
 * (docs/rulesets.md#ec2-security-groups).
 */
function defaultRules(sgid: string, direction: Ec2Direction): readonly Ec2Rule[] {
  return direction === 'inbound' ? [{ protocol: '-1', fromPort: 0, toPort: 0, peer: { groupId: sgid } }] : [];
}

/** What is to be done to the security groups of a region, with pauses. `present`: what EC2 has, by id. */
export function* planRegion(
  policy: Policy,
  dialect: Dialect,
  region: string,
  targets: readonly Target[],
  present: ReadonlyMap<string, PresentGroup>,
): Generator<void, readonly GroupPlan[]> {
  const outsideVpc = new Set([...present.values()].filter((group) => group.outsideVpc).map(({ sgid }) => sgid));
  const plans: GroupPlan[] = [];
  for (const target of targets) {
    // A new view where the policy has changed since the last step.
    const source: WantedSource = { policy, view: policyView(policy, dialect), region, outsideVpc };
    plans.push(planGroup(source, target, present.get(target.sgid)));
    yield;
  }
  return plans;
}

function planGroup(source: WantedSource, { sgid, groups }: Target, there: PresentGroup | undefined): GroupPlan {
  const names = groups.map((id) => textOf(source.policy.group.get(id)?.name));
  if (there === undefined) {
    const error = `EC2 knows no security group ${sgid} in ${source.region}`;
    return { sgid, groups: names, inbound: NOTHING, outbound: NOTHING, error };
  }
  return {
    sgid,
    groups: names,
    inbound: planDirection(source, groups, there, 'inbound'),
    outbound: planDirection(source, groups, there, 'outbound'),
  };
}

/** The rules of all groups that name the security group: it lets through what any of them does. */
export function planDirection(
  source: WantedSource,
  groups: readonly string[],
  there: PresentGroup,
  direction: Ec2Direction,
): DirectionPlan {
  const rules: Ec2Rule[] = [...defaultRules(there.sgid, direction)];
  const refused: RefusedRule[] = [];
  const undecided: Ec2Packets[] = [];
  for (const id of groups) {
    const wanted = wantedRules(source, id, direction);
    if (!wanted.ok) return { ...NOTHING, error: `group ${textOf(source.policy.group.get(id)?.name)}: ${wanted.error}` };
    rules.push(...wanted.rules);
    refused.push(...wanted.refused);
    undecided.push(...wanted.undecided);
  }
  return { ...difference(rules, there[direction], undecided), refused };
}
