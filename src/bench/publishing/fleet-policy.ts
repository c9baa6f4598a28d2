import type { Document, JsonObject } from '../../model/document.js';

/** A policy of many groups that all differ, and what is edited of it. */
export interface FleetPolicy {
  /** As `dog-trainer import` reads it. */
  readonly file: JsonObject;
  /** One for each group. */
  readonly rulesets: readonly Document[];
  /** A service that the first rule of every ruleset names. */
  readonly shared: Document;
}

const ZONES = 20;
const SERVICES = 20;
const OUTBOUND = 5;

/** Ids that sort as they were made. */
function idOf(kind: number, index: number): string {
  return `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

function ruleOf(group: number, place: number): JsonObject {
  const anyone = place % 3 === 0;
  return {
    action: place % 7 === 0 ? 'DROP' : 'ACCEPT',
    active: true,
    comment: `rule ${place} of ${group}`,
    environments: [],
    group: anyone ? 'any' : idOf(2, (group + place) % ZONES),
    group_type: anyone ? 'ANY' : 'ZONE',
    interface: '',
    log: false,
    log_prefix: '',
    order: place + 1,
    service: place === 0 ? idOf(1, 0) : idOf(1, 1 + ((group * 7 + place) % (SERVICES - 1))),
    states: [],
    type: 'BASIC',
  };
}

/** `groups` groups, each with a profile and a ruleset of its own, of `rules` rules. */
export function fleetPolicy(groups: number, rules: number): FleetPolicy {
  const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const service = each(SERVICES, (i) => ({
    id: idOf(1, i),
    name: `service${i}`,
    version: 1,
    services: [{ protocol: 'tcp', ports: [String(1000 + i)] }],
  }));
  const zone = each(ZONES, (i) => ({
    id: idOf(2, i),
    name: `zone${i}`,
    ipv4_addresses: each(10, (j) => `10.${i}.0.${j + 1}`),
    ipv6_addresses: [`2001:db8:${i}::1`],
  }));
  const ruleset = each(groups, (i) => ({
    id: idOf(4, i),
    name: `profile${i}`,
    profile_id: idOf(3, i),
    rules: {
      inbound: each(rules - OUTBOUND, (place) => ruleOf(i, place)),
      outbound: each(OUTBOUND, (place) => ruleOf(i, place)),
    },
  }));
  const profile = each(groups, (i) => ({
    id: idOf(3, i),
    name: `profile${i}`,
    version: '1.0',
    created: 1_700_000_000,
    description: '',
    ruleset_id: idOf(4, i),
  }));
  const group = each(groups, (i) => ({
    id: idOf(5, i),
    name: `group${i}`,
    description: '',
    profile_id: idOf(3, i),
    profile_name: `profile${i}`,
    profile_version: 'latest',
    vars: {},
    hosts: {},
  }));
  const none: JsonObject[] = [];
  return {
    file: {
      format: 'dog-trainer policy',
      version: 1,
      exported_at: 1_700_000_000,
      ruleset_dialect: 'dog2',
      resources: {
        assertion: none,
        external: none,
        fact: none,
        group,
        host: none,
        link: none,
        profile,
        ruleset,
        service,
        zone,
      },
    },
    rulesets: ruleset,
    shared: service[0] as Document,
  };
}

/** The rules of such a ruleset with another comment in one of them: its text is another one. */
export function withComment(ruleset: Document, comment: string): JsonObject {
  const { inbound, outbound } = ruleset['rules'] as {
    readonly inbound: readonly JsonObject[];
    readonly outbound: never;
  };
  const changed = inbound.map((rule, index) => (index === 1 ? { ...rule, comment } : rule));
  return { name: ruleset['name'] as string, rules: { inbound: changed, outbound } };
}
