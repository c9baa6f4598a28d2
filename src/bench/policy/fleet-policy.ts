import type { Document, JsonObject } from '../../model/document.js';
import { dotted } from './dotted.js';
import { listOf } from './list-of.js';

/** How large a fleet is. */
export interface FleetSize {
  readonly groups: number;
  readonly hosts?: number;
  /** Of the first zone, half of them of each family; the others have three. Default: as the others. */
  readonly addresses?: number;
}

/** The documents of a fleet, by table. */
export interface FleetPolicy {
  readonly service: readonly Document[];
  readonly zone: readonly Document[];
  readonly profile: readonly Document[];
  /** One for each group, in the same order. */
  readonly ruleset: readonly Document[];
  readonly group: readonly Document[];
  readonly host: readonly Document[];
}

const [SERVICES, ZONES, RULES, INBOUND] = [200, 100, 50, 35];
const NO_TEXT = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function numbered(kind: string): (index: number) => string {
  return (index) => `${kind}-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

/** Ids of documents by their place; they sort as they were made. */
export const ID = {
  service: numbered('cccccccc'),
  zone: numbered('bbbbbbbb'),
  profile: numbered('dddddddd'),
  ruleset: numbered('eeeeeeee'),
  group: numbered('aaaaaaaa'),
  host: numbered('ffffffff'),
} as const;

export function hostKey(index: number): string {
  return `host-key-${String(index).padStart(8, '0')}-0123456789abcdef`;
}

/**
 * Policy and hosts like those of a real fleet, new documents each time. Each group has a profile and a ruleset of 50 rules
 * of its own: most ask for a zone or a group, some for everybody, some drop, a few are idle. The first rule of every
 * ruleset names the first service. Names are `group0`, `zone0`, `host0` and so on.
 */
export function fleetPolicy({ groups, hosts = 0, addresses = 0 }: FleetSize): FleetPolicy {
  return {
    service: listOf(SERVICES, service),
    zone: listOf(ZONES, (index) => (index === 0 && addresses > 0 ? largeZone(addresses) : zone(index))),
    profile: listOf(groups, profile),
    ruleset: listOf(groups, (index) => rulesetOf(index, groups)),
    group: listOf(groups, group),
    host: listOf(hosts, (index) => host(index, groups)),
  };
}

/** The ruleset of one group of `groups`. */
export function rulesetOf(index: number, groups: number): Document {
  const rules = listOf(RULES, (place) => rule(index, place, groups));
  return {
    id: ID.ruleset(index),
    name: `profile${index}`,
    profile_id: ID.profile(index),
    rules: { inbound: rules.slice(0, INBOUND), outbound: rules.slice(INBOUND) },
  };
}

/** The place of an inbound rule that every group has active. */
const EDITED = 17;

/** The same ruleset with another comment in one of its rules, so that its text is another one. */
export function withComment(ruleset: Document, comment: string): Document {
  const { inbound, outbound } = ruleset['rules'] as { readonly inbound: JsonObject[]; readonly outbound: JsonObject[] };
  const changed = inbound.map((one, place) => (place === EDITED ? { ...one, comment } : one));
  return { ...ruleset, rules: { inbound: changed, outbound } };
}

function rule(group: number, place: number, groups: number): JsonObject {
  return {
    action: place % 7 === 0 ? 'DROP' : 'ACCEPT',
    active: place % 10 !== 9,
    comment: ['', 'ssh', 'from the office', 'v1.2: web (new)'][place % 4] as string,
    environments: [],
    ...otherEnd(group, place, groups),
    interface: place % 5 === 2 ? 'eth0' : '',
    log: false,
    log_prefix: '',
    order: place + 1,
    service: ID.service(place === 0 ? 0 : 1 + ((group + place * 7) % (SERVICES - 1))),
    states: place % 2 === 0 ? [] : ['NEW'],
    type: 'BASIC',
  };
}

function otherEnd(group: number, place: number, groups: number): JsonObject {
  if (place % 5 === 0) return { group: 'any', group_type: 'ANY' };
  if (place % 3 === 0) return { group: ID.zone((group + place) % ZONES), group_type: 'ZONE' };
  return { group: ID.group((group * 31 + place) % groups), group_type: 'ROLE' };
}

function service(index: number): Document {
  return { id: ID.service(index), name: `service${index}`, version: 1, services: entries(index) };
}

function entries(index: number): JsonObject[] {
  const port = String(index + 20);
  if (index % 8 === 5) return [{ protocol: 'icmp', ports: ['8'] }];
  if (index % 8 === 3) return [{ protocol: 'udp', ports: [port] }];
  if (index % 8 === 6) return ['tcp', 'udp'].map((protocol) => ({ protocol, ports: [port] }));
  return [{ protocol: 'tcp', ports: index % 3 === 1 ? [port, `${8000 + index}:${8100 + index}`] : [port] }];
}

function zone(index: number): Document {
  return {
    id: ID.zone(index),
    name: `zone${index}`,
    ipv4_addresses: [`10.${index}.0.0/16`, dotted(172, index * 70_000)],
    ipv6_addresses: [`2001:db8:f${index}::/48`],
  };
}

/** Hosts and some nets, few of them neighbours. */
function largeZone(addresses: number): Document {
  const each = Math.ceil(addresses / 2);
  return {
    ...zone(0),
    ipv4_addresses: listOf(each, (n) => (n % 8 === 0 ? `${dotted(11, n * 4)}/31` : dotted(11, n * 4))),
    ipv6_addresses: listOf(each, (n) => `2001:db8:${(n >> 12).toString(16)}:${(n & 4095).toString(16)}::1`),
  };
}

function profile(index: number): Document {
  return { id: ID.profile(index), name: `profile${index}`, version: '1.0', created: 1_700_000_000, description: '' };
}

function group(index: number): Document {
  return {
    id: ID.group(index),
    name: `group${index}`,
    description: '',
    profile_id: ID.profile(index),
    profile_name: `profile${index}`,
    profile_version: 'latest',
    created: 1_700_000_000,
    alert_enable: true,
    external_ipv4_addresses: [],
    external_ipv6_addresses: [],
    vars: {},
  };
}

/** One that has reported, and holds other rules than its group's. */
function host(index: number, groups: number): Document {
  const interfaces = {
    lo: ['127.0.0.1', '::1'],
    eth0: [dotted(12, index + 7)],
    eth1: [`2001:db8:aaaa::${(index + 1).toString(16)}`],
  };
  return {
    id: ID.host(index),
    name: `host${index}`,
    hostkey: hostKey(index),
    group: `group${index % groups}`,
    environment: '*',
    location: '*',
    interfaces: JSON.stringify(interfaces),
    hash4_ipsets: NO_TEXT,
    hash6_ipsets: NO_TEXT,
    hash4_iptables: NO_TEXT,
    hash6_iptables: NO_TEXT,
    ipset_hash: NO_TEXT,
    version: 'bench',
    provider: 'unknown',
    os_distribution: 'Debian',
    os_version: '12',
    docker_container_ids: [],
    active: 'active',
    hash_fail_count: 0,
    hash_alert_sent: '',
    keepalive_alert_sent: '',
    keepalive_timestamp: Math.floor(Date.now() / 1000),
  };
}
