import type { Document, JsonObject } from '../../model/document.js';
import { World, WORLD_TABLES } from '../../world/world.js';

/** How much there is of what. */
export interface LargePolicy {
  readonly groups: number;
  readonly hosts: number;
  /** Of one zone, per family. */
  readonly addresses: number;
}

/** Of each group's ruleset. */
const RULES = 50;

/** Address number `n` of 16 million that begin with `first`. */
export function dotted(first: number, n: number): string {
  return `${first}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}

export function list<Item>(count: number, make: (n: number) => Item): Item[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

/**
 * Policy like that of a real fleet: most rules ask for a zone or a group, some for everybody, some drop, a few are idle;
 * each group has rules of its own, and zone `z0` is the large one.
 */
export function largePolicy({ groups, hosts, addresses }: LargePolicy): World {
  const world = new World({ generateUnset: false });
  const rows: Partial<Record<(typeof WORLD_TABLES)[number], readonly Document[]>> = {
    group: list(groups, (n) => ({ id: `g${n}`, name: `group${n}`, profile_id: `p${n}` })),
    profile: list(groups, (n) => ({ id: `p${n}`, name: `profile${n}` })),
    ruleset: list(groups, (n) => {
      const rules = list(RULES, (i) => rule(n, i, groups));
      return {
        id: `r${n}`,
        name: `r${n}`,
        profile_id: `p${n}`,
        rules: { inbound: rules.slice(0, 35), outbound: rules.slice(35) },
      };
    }),
    service: list(200, service),
    zone: list(100, (n) => zone(n, addresses)),
    host: list(hosts, (n) => ({
      id: `h${n}`,
      hostkey: `key${n}`,
      name: `host${n}`,
      group: `group${n % groups}`,
      active: 'active',
      interfaces: JSON.stringify({ eth0: [dotted(12, n + 7)], eth1: [`2001:db8:aaaa::${(n + 1).toString(16)}`] }),
    })),
  };
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  return world;
}

function rule(group: number, n: number, groups: number): JsonObject {
  return {
    action: n % 7 === 0 ? 'DROP' : 'ACCEPT',
    active: n % 10 !== 0,
    comment: ['', 'ssh', 'from the office', 'v1.2: web (new)'][n % 4] as string,
    environments: [],
    ...end(group, n, groups),
    interface: n % 11 === 0 ? 'eth0' : '',
    log: false,
    log_prefix: '',
    order: n,
    service: `s${(group + n * 7) % 200}`,
    states: n % 2 === 0 ? [] : ['NEW'],
    type: 'BASIC',
  };
}

function end(group: number, n: number, groups: number): JsonObject {
  if (n % 5 === 0) return { group: 'any', group_type: 'ANY' };
  if (n % 3 === 0) return { group: `z${(group + n) % 100}`, group_type: 'ZONE' };
  return { group: `g${(group * 31 + n) % groups}`, group_type: 'ROLE' };
}

function service(n: number): Document {
  const ports = n % 3 === 0 ? [`${n + 20}`, `${8000 + n}:${8100 + n}`] : [`${n + 20}`];
  return { id: `s${n}`, name: `service${n}`, services: [{ protocol: n % 4 === 3 ? 'udp' : 'tcp', ports }] };
}

function zone(n: number, addresses: number): Document {
  const large = n === 0;
  return {
    id: `z${n}`,
    name: `zone${n}`,
    ipv4_addresses: large ? list(addresses, (i) => dotted(11, i * 3)) : [`10.${n}.0.0/16`, dotted(172, n * 70_000)],
    ipv6_addresses: large
      ? list(addresses, (i) => `2001:db8:${(i >> 12).toString(16)}:${(i & 4095).toString(16)}::1`)
      : [`2001:db8:f${n}::/48`],
  };
}
