import { isList, isObject } from '../model/validate.js';
import type { Json } from '../model/document.js';
import type { Policy } from '../firewall/policy/policy.js';
import { findRules, type GroupRules } from '../firewall/policy/compile-group.js';
import type { PolicyView } from '../firewall/policy/policy-view.js';
import type { Ec2Direction, Ec2Packets, Ec2Rule } from './ec2-rule.js';
import { groupIdsOf } from './group-ids.js';
import { rulePeers, type PeerSource } from './rule-peers.js';
import { servicePackets } from './service-packets.js';

/** A rule, or a part of one, that EC2 is not told. */
export interface RefusedRule {
  /** Such as `rules.inbound[2]`. */
  readonly rule: string;
  readonly reason: string;
}

/** The rules that a group wants for its security groups in a region, in the order of its rules, with repeats. */
export type WantedRules =
  | {
      readonly ok: true;
      readonly rules: readonly Ec2Rule[];
      readonly refused: readonly RefusedRule[];
      /** The packets of refused rules. */
      readonly undecided: readonly Ec2Packets[];
    }
  /** The rules of this direction can't be read: nothing may be changed for them. */
  | { readonly ok: false; readonly error: string };

/** Where wanted rules come from. */
export interface WantedSource {
  readonly policy: Policy;
  readonly view: PolicyView;
  readonly region: string;
  readonly outsideVpc: ReadonlySet<string>;
}

/**
 * What a group's rules are in the words of EC2 (docs/rulesets.md#ec2-security-groups): those that are active and accept.
 * A group without a security group in the region wants none.
 */
export function wantedRules(
  { policy, view, region, outsideVpc }: WantedSource,
  groupId: string,
  direction: Ec2Direction,
): WantedRules {
  const found = findRules(view, groupId);
  if ('ok' in found) return { ok: false, error: found.error.message };
  const document = view.group(groupId);
  const ids = document === undefined ? [] : groupIdsOf(document);
  const sgids = ids.filter((one) => one.region === region).map(({ sgid }) => sgid);
  if (sgids.length === 0) return { ok: true, rules: [], refused: [], undecided: [] };
  const from: PeerSource = {
    policy,
    view,
    dialect: view.dialect,
    self: { name: found.name, sgids },
    region,
    outsideVpc,
  };
  const list = rulesIn(found, view, direction);
  if (list === undefined) return { ok: false, error: `rules.${direction}: there is no list of rules` };
  const rules: Ec2Rule[] = [];
  const refused: RefusedRule[] = [];
  const undecided: Ec2Packets[] = [];
  for (const [index, rule] of list.entries()) {
    const path = `rules.${direction}[${index}]`;
    if (!isObject(rule)) return { ok: false, error: `${path}: a rule is an object` };
    if (rule['active'] !== true || rule['action'] !== 'ACCEPT') continue;
    const { service } = rule;
    if (typeof service !== 'string') return { ok: false, error: `${path}.service: give the id of a service` };
    // One blank is the rule that is to be ignored, in rulesets too.
    if (service === ' ' && view.dialect === 'dog2') continue;
    const packets = servicePackets(policy.service, service, view.dialect);
    if ('error' in packets) return { ok: false, error: `${path}.service: ${packets.error}` };
    const whom = rulePeers(rule, from);
    if ('error' in whom) return { ok: false, error: `${path}: ${whom.error}` };
    for (const reason of whom.refused) refused.push({ rule: path, reason });
    if (whom.refused.length > 0) undecided.push(...packets);
    for (const one of packets) for (const peer of whom.peers) rules.push({ ...one, peer });
  }
  return { ok: true, rules, refused, undecided };
}

/** The rules of a direction: those of the ruleset; in `dog2` a profile of a very old database may hold its own. */
function rulesIn(
  { profile, ruleset }: GroupRules,
  { dialect }: PolicyView,
  direction: Ec2Direction,
): readonly Json[] | undefined {
  const own = dialect === 'dog2' ? profile['rules'] : undefined;
  const rules = ruleset === undefined ? own : ruleset['rules'];
  if (ruleset === undefined && rules === undefined) return [];
  const list = isObject(rules) ? rules[direction] : undefined;
  return isList(list) ? list : undefined;
}
