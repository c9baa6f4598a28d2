import { join } from 'node:path';
import type { JsonObject, Table } from '../../model/document.js';
import type * as SqliteStore from '../../store/sqlite/create-sqlite-store.js';
import type { Store } from '../../store/store.js';

/** How large a fleet is. */
export interface FleetSize {
  readonly groups: number;
  readonly hosts: number;
  readonly addresses: number;
}

const [ZONES, SERVICES, RULES] = [100, 200, 50];
/** Of all addresses, in the largest zone. */
const BIG_ZONE_SHARE = 0.6;
const NO_TEXT = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const PROTOCOLS = [
  [{ protocol: 'tcp', ports: ['22'] }],
  [{ protocol: 'tcp', ports: ['80', '443', '8000:8100'] }],
  [{ protocol: 'udp', ports: ['53'] }],
  [{ protocol: 'icmp', ports: ['8'] }],
];

function idOf(kind: string, index: number): string {
  return `${kind}-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

const ID = {
  group: (index: number) => idOf('aaaaaaaa', index),
  zone: (index: number) => idOf('bbbbbbbb', index),
  service: (index: number) => idOf('cccccccc', index),
  profile: (index: number) => idOf('dddddddd', index),
};

function listOf<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Every fourth address is of IPv6, every sixteenth a net. */
function zone(index: number, from: number, count: number): JsonObject {
  const [v4, v6]: [string[], string[]] = [[], []];
  for (let i = from; i < from + count; i += 1) {
    const start = `${11 + (i >> 22)}.${(i >> 14) & 255}.${(i >> 6) & 255}`;
    if (i % 4 === 3) v6.push(`2001:db8:${(i >> 16).toString(16)}:${(i & 65535).toString(16)}::1`);
    else v4.push(i % 16 === 0 ? `${start}.0/${24 + (i % 3)}` : `${start}.${(i & 63) * 4 + 1}`);
  }
  return { id: ID.zone(index), name: `zone${index}`, ipv4_addresses: v4, ipv6_addresses: v6 };
}

function zones(addresses: number): JsonObject[] {
  const big = Math.floor(addresses * BIG_ZONE_SHARE);
  const each = Math.floor((addresses - big) / (ZONES - 1));
  return [zone(0, 0, big), ...listOf(ZONES - 1, (i) => zone(i + 1, big + i * each, each))];
}

function rule(group: number, index: number, groups: number): JsonObject {
  const isZone = index % 3 === 0;
  return {
    action: index % 7 === 0 ? 'DROP' : 'ACCEPT',
    active: index % 10 !== 0,
    comment: ['', 'ssh', 'from the office', 'v1.2: web (new)'][index % 4] as string,
    group: isZone ? ID.zone((group + index) % ZONES) : ID.group((group * 31 + index) % groups),
    group_type: isZone ? 'ZONE' : 'ROLE',
    interface: index % 5 === 0 ? 'eth0' : '',
    log: false,
    log_prefix: '',
    order: index + 1,
    service: ID.service((group + index * 7) % SERVICES),
    states: index % 2 === 0 ? [] : ['NEW'],
    type: 'BASIC',
  };
}

function host(index: number, groups: number): JsonObject {
  const eth0 = [`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, `2001:db8:ffff::${index.toString(16)}`];
  return {
    id: idOf('ffffffff', index),
    name: `host-${index}.example.net`,
    hostkey: `host-key-${String(index).padStart(8, '0')}-0123456789abcdef`,
    group: `group${index % groups}`,
    environment: '*',
    location: '*',
    interfaces: JSON.stringify({ lo: ['127.0.0.1', '::1'], eth0 }),
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

/**
 * Puts a fleet into the store of a data directory, as if it had been made over the API and had reported: each group has
 * 50 rules of its own, over zones, groups and services that they share.
 */
export async function seedStore(dist: string, data: string, { groups, hosts, addresses }: FleetSize): Promise<void> {
  const { createSqliteStore } = (await import(`${dist}store/sqlite/create-sqlite-store.js`)) as typeof SqliteStore;
  const store = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
  try {
    await put(store, 'service', SERVICES, (i) => ({
      id: ID.service(i),
      name: `service${i}`,
      services: PROTOCOLS[i % PROTOCOLS.length] as JsonObject[],
    }));
    const all = zones(addresses);
    await put(store, 'zone', all.length, (i) => all[i] as JsonObject);
    await put(store, 'profile', groups, (i) => ({ id: ID.profile(i), name: `profile${i}`, version: '1.0' }));
    await put(store, 'ruleset', groups, (group) => {
      const rules = listOf(RULES, (index) => rule(group, index, groups));
      const [inbound, outbound] = [rules.slice(0, 35), rules.slice(35)];
      return { name: `profile${group}`, profile_id: ID.profile(group), rules: { inbound, outbound } };
    });
    await put(store, 'group', groups, (i) => ({
      id: ID.group(i),
      name: `group${i}`,
      description: '',
      profile_id: ID.profile(i),
      profile_name: `profile${i}`,
      profile_version: 'latest',
    }));
    await put(store, 'host', hosts, (i) => host(i, groups));
  } finally {
    await store.close();
  }
}

const AT_ONCE = 500;

async function put(store: Store, table: Table, count: number, make: (index: number) => JsonObject): Promise<void> {
  for (let at = 0; at < count; at += AT_ONCE) {
    const docs = listOf(Math.min(AT_ONCE, count - at), (i) => make(at + i));
    const result = await store.commit(
      docs.map((doc) => ({ op: 'create', table, doc })),
      { author: 'bench' },
    );
    if (!result.ok) throw new Error(`${table}: ${JSON.stringify(result.failure)}`);
  }
}
