import type { JsonObject } from '../model/document.js';
import { rulePeer } from '../model/references.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import type { PolicyView } from '../firewall/policy/policy-view.js';
import { peerAddresses } from '../firewall/rules/peer-addresses.js';
import { ANYWHERE, type Ec2Peer } from './ec2-rule.js';
import { groupIdsOf, sentGroupIds, type SecurityGroupId } from './group-ids.js';

/** What peers are looked up in. */
export interface PeerSource {
  readonly policy: Policy;
  readonly view: PolicyView;
  readonly dialect: Dialect;
  /** The name of the group that the rule is for, and its own security groups in the region. */
  readonly self: { readonly name: string; readonly sgids: readonly string[] };
  readonly region: string;
  /** Ids of security groups of the region that rules can't name. */
  readonly outsideVpc: ReadonlySet<string>;
}

/**
 * The peers of a rule; `refused`: why a rule, or a part of it, has none that EC2 can be told (only in `dog2`); `error`:
 * the rule can't be read.
 */
export type RulePeers =
  { readonly peers: readonly Ec2Peer[]; readonly refused: readonly string[] } | { readonly error: string };

const EVERYONE: RulePeers = { peers: [{ cidr: ANYWHERE }], refused: [] };

function refuse(why: string): RulePeers {
  return { peers: [], refused: [why] };
}

/**
 * Whom a rule is about (docs/rulesets.md#ec2-security-groups). In `dog1` whoever EC2 has no name for is the whole world,
 * as on the Erlang server. In `dog2` only ANY is: a zone is its addresses, and other peers are refused.
 */
export function rulePeers(rule: JsonObject, from: PeerSource): RulePeers {
  const { group: id, environment } = rule;
  const kind = rulePeer(rule);
  if (kind === 'any' || rule['group_type'] === 'ANY') return EVERYONE;
  const elsewhere = kind === 'environment' ? (environment as string) : null;
  if (typeof id !== 'string') return { error: 'group: give the id of a group or zone' };
  const isZone = rule['group_type'] === 'ZONE';
  if (!isZone && rule['group_type'] !== 'ROLE' && rule['group_type'] !== 'GROUP')
    return { error: 'group_type: give ANY, ROLE, GROUP or ZONE' };
  if (id === 'any' && elsewhere === null && from.policy.anyIsEveryone === true) return EVERYONE;
  if (from.dialect === 'dog1') return isZone ? EVERYONE : oldPeers(id, from);
  return isZone ? zonePeers(id, elsewhere, from) : groupPeers(id, elsewhere, from);
}

/** Builds the world in where the region has no security group to name: see docs/rulesets.md#ec2-security-groups. */
function oldPeers(id: string, from: PeerSource): RulePeers {
  const name = groupName(id, from);
  if (name === undefined) return { error: `there is no group with the id ${id}` };
  const own = ownIds(id, from);
  const ids = own.length > 0 ? own : sentGroupIds(from.policy, name, from.dialect);
  if (ids.length === 0) return EVERYONE;
  return { peers: ids.map((one) => (canBeNamed(one, from) ? { groupId: one.sgid } : { cidr: ANYWHERE })), refused: [] };
}

function groupPeers(id: string, environment: string | null, from: PeerSource): RulePeers {
  const { policy, dialect, self, region } = from;
  if (environment === null && id === 'self') return { peers: self.sgids.map((groupId) => ({ groupId })), refused: [] };
  if (environment === null && id === 'all-active') return refuse('no security group stands for all-active');
  const name = environment === null ? groupName(id, from) : id;
  if (name === undefined) return { error: `there is no group with the id ${id}` };
  const ids =
    environment === null
      ? [...ownIds(id, from), ...sentGroupIds(policy, name, dialect)]
      : sentGroupIds(policy, name, dialect, environment);
  const named = new Set(ids.filter((one) => canBeNamed(one, from)).map(({ sgid }) => sgid));
  if (named.size === 0)
    return refuse(
      `the group ${environment === null ? '' : `${environment}#`}${name} has no security group in ${region}`,
    );
  const others = ids.filter((one) => one.region === region && !canBeNamed(one, from));
  return {
    peers: [...named].map((groupId) => ({ groupId })),
    refused: others.map(({ sgid }) => `the security group ${sgid} is outside of a VPC`),
  };
}

function zonePeers(id: string, environment: string | null, { view }: PeerSource): RulePeers {
  const name = environment === null ? view.lookups.zones.get(id) : `${environment}#${id}`;
  if (name === undefined || name === null) return { error: `there is no zone with the id ${id}` };
  const found = view.addresses.zoneV4.get(name);
  if (found === undefined) return refuse(`the zone ${name} is not known`);
  if ('unknown' in found) return refuse(`the addresses of the zone ${name} are not known: ${found.unknown}`);
  const { list, dropped } = peerAddresses(found, 'v4');
  return {
    peers: list.map((cidr) => ({ cidr })),
    refused: dropped.map((text) => `${text} of the zone ${name} is no IPv4 address`),
  };
}

function groupName(id: string, { view }: PeerSource): string | undefined {
  return view.lookups.groups.get(id) ?? undefined;
}

function ownIds(id: string, { view }: PeerSource): readonly SecurityGroupId[] {
  const document = view.group(id);
  return document === undefined ? [] : groupIdsOf(document);
}

function canBeNamed({ region, sgid }: SecurityGroupId, from: PeerSource): boolean {
  return region === from.region && !from.outsideVpc.has(sgid);
}
