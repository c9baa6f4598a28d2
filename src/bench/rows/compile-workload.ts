import type { Document } from '../../model/document.js';

/** Rules of each group. */
export const RULES = 50;
const ZONES = 100;
const SERVICES = 200;

const ENTRIES = [
  [{ protocol: 'tcp', ports: ['22'] }],
  [{ protocol: 'tcp', ports: ['80', '443', '8000:8100'] }],
  [
    { protocol: 'tcp', ports: ['53'] },
    { protocol: 'udp', ports: ['53'] },
  ],
  [{ protocol: 'icmp', ports: ['8'] }],
] as const;

/** The policy of a fleet whose groups all have other rules. */
export interface CompileWorkload {
  readonly group: readonly Document[];
  readonly profile: readonly Document[];
  readonly ruleset: readonly Document[];
  readonly service: readonly Document[];
  readonly zone: readonly Document[];
}

function named(prefix: string, count: number): readonly { readonly id: string; readonly name: string }[] {
  return Array.from({ length: count }, (_, at) => ({ id: `${prefix}-${at}`, name: `${prefix}${at}` }));
}

function ruleOf(group: number, at: number, groups: number): Document {
  return {
    id: '',
    action: at % 7 === 0 ? 'DROP' : 'ACCEPT',
    active: at % 10 !== 0,
    comment: ['', 'ssh', 'from the office', 'v1.2: web (new)'][at % 4] as string,
    group: at % 3 === 0 ? `zone-${(group + at) % ZONES}` : `group-${(group * 31 + at) % groups}`,
    group_type: at % 3 === 0 ? 'ZONE' : 'ROLE',
    interface: at % 5 === 0 ? 'eth0' : '',
    log: false,
    log_prefix: '',
    order: at,
    service: `service-${(group + at * 7) % SERVICES}`,
    states: at % 2 === 0 ? [] : ['NEW'],
    type: 'BASIC',
  };
}

/** The ruleset of a group; `comment`: of its last inbound rule, instead of the usual one. */
export function rulesetOf(group: number, groups: number, comment?: string): Document {
  const rules = Array.from({ length: RULES }, (_, at) => ruleOf(group, at, groups));
  const [inbound, outbound] = [rules.slice(0, 35), rules.slice(35)];
  if (comment !== undefined) inbound[34] = { ...(inbound[34] as Document), comment };
  return { id: `ruleset-${group}`, name: `r${group}`, profile_id: `profile-${group}`, rules: { inbound, outbound } };
}

/** New documents each time: nothing kept of earlier ones helps. */
export function compileWorkload(groups: number): CompileWorkload {
  return {
    group: named('group', groups).map((group, at) => ({
      ...group,
      profile_id: `profile-${at}`,
      external_ipv4_addresses: [],
      external_ipv6_addresses: [],
    })),
    profile: named('profile', groups),
    ruleset: Array.from({ length: groups }, (_, group) => rulesetOf(group, groups)),
    service: named('service', SERVICES).map((service, at) => ({ ...service, services: ENTRIES[at % 4] as never })),
    zone: named('zone', ZONES).map((zone) => ({ ...zone, ipv4_addresses: [], ipv6_addresses: [] })),
  };
}
