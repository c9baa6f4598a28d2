import { describe, expect, it } from 'vitest';
import type { Ec2Permission, PresentGroup } from '../../src/ec2/ec2-rule.js';
import { planRegion, targetsByRegion, type GroupPlan } from '../../src/ec2/plan.js';
import { finish } from '../../src/firewall/finish.js';
import { POLICY_PARTS, type Policy } from '../../src/firewall/policy/policy.js';
import type { Document, JsonObject } from '../../src/model/document.js';

const REGION = 'us-east-1';
const HERE = { region: REGION, sgid: 'sg-web' };

const RULE = { action: 'ACCEPT', active: true, group_type: 'ANY', group: 'any', service: 'ssh' };
const SSH = { id: 'ssh', name: 'ssh', services: [{ protocol: 'tcp', ports: ['22'] }] };

interface Parts {
  readonly rules?: readonly JsonObject[];
  readonly services?: readonly Document[];
  readonly groups?: readonly Document[];
  readonly more?: Partial<Record<keyof Policy, readonly Document[]>>;
  readonly present?: readonly PresentGroup[];
}

function empty(sgid: string): PresentGroup {
  return { sgid, outsideVpc: false, inbound: [], outbound: [] };
}

/** The plan for the group `web`, whose rules these are. */
function planned({
  rules = [RULE],
  services = [SSH],
  groups = [],
  more = {},
  present = [empty('sg-web')],
}: Parts): GroupPlan {
  const tables: Partial<Record<string, readonly Document[]>> = {
    group: [{ id: 'g-web', name: 'web', profile_id: 'p', ec2_security_group_ids: [HERE] }, ...groups],
    profile: [{ id: 'p', name: 'p' }],
    ruleset: [{ id: 'r', name: 'r', profile_id: 'p', rules: { inbound: rules, outbound: [] } }],
    service: services,
    ...more,
  };
  const policy = Object.fromEntries(
    POLICY_PARTS.map((part) => [part, new Map((tables[part] ?? []).map((row) => [row.id, row]))]),
  ) as unknown as Policy;
  const targets = targetsByRegion(policy).get(REGION) ?? [];
  const there = new Map(present.map((group) => [group.sgid, group]));
  const plan = finish(planRegion(policy, 'dog2', REGION, targets, there)).find(({ sgid }) => sgid === 'sg-web');
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

/** What is added beside the rule that members of a security group reach each other. */
function added(plan: GroupPlan): readonly string[] {
  return texts(plan.inbound.add).filter((text) => text !== '-1 0-0 sg-web');
}

function texts(permissions: readonly Ec2Permission[]): readonly string[] {
  return permissions.flatMap(({ protocol, fromPort, toPort, groupIds, cidrs }) =>
    [...groupIds, ...cidrs].map((peer) => `${protocol} ${fromPort}-${toPort} ${peer}`),
  );
}

describe('EC2 security groups in dog2', () => {
  it('have every entry of a service', () => {
    const services = [
      {
        id: 'ssh',
        name: 'many',
        services: [
          { protocol: 'tcp', ports: ['22', '8000:8100'] },
          { protocol: 'udp', ports: ['53'] },
          { protocol: 'icmp', ports: ['8', '3/4', 'any'] },
          { protocol: 'esp', ports: [] },
          { protocol: 'sctp', ports: ['0:65535'] },
          { protocol: 'ipv6-icmp', ports: ['128'] },
        ],
      },
    ];
    expect(added(planned({ services }))).toEqual([
      '132 0-0 0.0.0.0/0',
      '50 0-0 0.0.0.0/0',
      'icmp -1--1 0.0.0.0/0',
      'tcp 22-22 0.0.0.0/0',
      'tcp 8000-8100 0.0.0.0/0',
      'udp 53-53 0.0.0.0/0',
    ]);
  });

  it('let in the addresses of a zone, never the world for it', () => {
    const zone = [
      { id: 'z', name: 'office', ipv4_addresses: ['192.0.2.7', '198.51.100.9/24', '0.0.0.0/0'], ipv6_addresses: [] },
    ];
    const rules = [{ ...RULE, group_type: 'ZONE', group: 'z' }];
    const all = added(planned({ rules, more: { zone } }));
    expect(all).toEqual(['tcp 22-22 0.0.0.0/1', 'tcp 22-22 128.0.0.0/1']);
    const some = [
      { id: 'z', name: 'office', ipv4_addresses: ['192.0.2.7', '198.51.100.9/24'], ipv6_addresses: ['2001:db8::1'] },
    ];
    expect(added(planned({ rules, more: { zone: some } }))).toEqual([
      'tcp 22-22 192.0.2.7/32',
      'tcp 22-22 198.51.100.0/24',
    ]);
    const none = [{ id: 'z', name: 'office', ipv4_addresses: [], ipv6_addresses: [] }];
    expect(planned({ rules, more: { zone: none } }).inbound).toMatchObject({ refused: [] });
  });

  it('let in the security groups of a group, of the group itself, and of linked groups', () => {
    const groups = [
      {
        id: 'g-db',
        name: 'db',
        ec2_security_group_ids: [
          { region: REGION, sgid: 'sg-db' },
          { region: 'eu-west-1', sgid: 'sg-eu' },
        ],
      },
    ];
    const external = [
      { id: 'e1', name: 'q1', state: 'active', ec2: { db: [{ region: REGION, sgid: 'sg-q1' }] } },
      { id: 'e2', name: 'q2', state: 'active', ec2: { db: [{ region: REGION, sgid: 'sg-q2' }] } },
      { id: 'e3', name: 'q3', state: 'inactive', ec2: { db: [{ region: REGION, sgid: 'sg-q3' }] } },
      {
        id: 'e4',
        name: 'p1',
        state: 'active',
        address_handling: 'prefix',
        ec2: { db: [{ region: REGION, sgid: 'sg-p1' }] },
      },
    ];
    const role = (group: string, more: JsonObject = {}) => ({ ...RULE, group_type: 'ROLE', group, ...more });
    const more = { external };
    expect(added(planned({ rules: [role('g-db')], groups, more }))).toEqual(
      ['sg-db', 'sg-q1', 'sg-q2'].map((id) => `tcp 22-22 ${id}`),
    );
    expect(added(planned({ rules: [role('self')] }))).toEqual(['tcp 22-22 sg-web']);
    expect(added(planned({ rules: [role('db', { environment: 'p1' })], groups, more }))).toEqual(['tcp 22-22 sg-p1']);
  });

  it('are not told rules whose peer EC2 has no name for', () => {
    const groups = [
      { id: 'g-none', name: 'none' },
      { id: 'g-far', name: 'far', ec2_security_group_ids: [{ region: 'eu-west-1', sgid: 'sg-eu' }] },
      { id: 'g-old', name: 'old', ec2_security_group_ids: [{ region: REGION, sgid: 'sg-old' }] },
    ];
    for (const group of ['g-none', 'g-far', 'g-old', 'all-active']) {
      const present = [empty('sg-web'), { ...empty('sg-old'), outsideVpc: true }];
      const plan = planned({ rules: [{ ...RULE, group_type: 'ROLE', group }, RULE], groups, present });
      expect(added(plan)).toEqual(['tcp 22-22 0.0.0.0/0']);
      expect(plan.inbound.refused).toEqual([
        {
          rule: 'rules.inbound[0]',
          reason: expect.stringMatching(/has no security group|no security group stands/) as string,
        },
      ]);
    }
  });

  it('keep what let in a peer that is not known now, but not the world', () => {
    const rules = [{ ...RULE, group_type: 'ROLE', group: 'g-none' }];
    const ssh = { protocol: 'tcp', fromPort: 22, toPort: 22 };
    const there: PresentGroup = {
      ...empty('sg-web'),
      inbound: [
        { ...ssh, groupIds: ['sg-before'], cidrs: ['0.0.0.0/0', '192.0.2.0/24'] },
        { ...ssh, fromPort: 23, toPort: 23, groupIds: ['sg-before'], cidrs: [] },
      ],
    };
    const { inbound } = planned({ rules, groups: [{ id: 'g-none', name: 'none' }], present: [there] });
    expect(texts(inbound.remove)).toEqual(['tcp 22-22 0.0.0.0/0', 'tcp 23-23 sg-before']);
  });

  it('are left alone in a direction whose rules can not be read', () => {
    const there = {
      ...empty('sg-web'),
      inbound: [{ protocol: 'tcp', fromPort: 1, toPort: 1, groupIds: [], cidrs: ['10.0.0.0/8'] }],
    };
    for (const [rule, says] of [
      [{ ...RULE, service: 'gone' }, 'there is no service'],
      [{ ...RULE, group_type: 'ROLE', group: 'gone' }, 'there is no group'],
      [{ ...RULE, group_type: 'ZONE', group: 'gone' }, 'there is no zone'],
    ] as const) {
      const { inbound } = planned({ rules: [rule], present: [there] });
      expect(inbound).toMatchObject({ add: [], remove: [], error: expect.stringContaining(says) as string });
    }
    expect(planned({ present: [] })).toMatchObject({ error: 'EC2 knows no security group sg-web in us-east-1' });
  });

  it('that two groups share let in what either of them does', () => {
    const groups = [{ id: 'g-b', name: 'b', profile_id: 'p2', ec2_security_group_ids: [HERE] }];
    const more = {
      profile: [
        { id: 'p', name: 'p' },
        { id: 'p2', name: 'p2' },
      ],
      ruleset: [
        { id: 'r', name: 'r', profile_id: 'p', rules: { inbound: [RULE], outbound: [] } },
        { id: 'r2', name: 'r2', profile_id: 'p2', rules: { inbound: [{ ...RULE, service: 'any' }], outbound: [] } },
      ],
    };
    expect(added(planned({ groups, more }))).toEqual(['-1 0-0 0.0.0.0/0', 'tcp 22-22 0.0.0.0/0']);
  });
});
