import { expect, it } from 'vitest';
import { finish } from '../../../src/firewall/finish.js';
import { compileGroup } from '../../../src/firewall/policy/compile-group.js';
import { traceGroup } from '../../../src/firewall/policy/trace-group.js';
import { makePolicy, makeRule } from '../../support/make-policy.js';

/** Each rule's comment says where it stands. */
function rules(direction: string) {
  const changes = [
    { service: 's', states: ['NEW'] },
    { active: false },
    { service: 's', type: 'RECENT', seconds: 60, hit_count: 4, action: 'DROP' },
    { group_type: 'ZONE', group: 'z' },
    { service: 'none' },
  ];
  return changes.map((change, index) => makeRule({ ...change, comment: `${direction} ${index}` }));
}

const POLICY = makePolicy({
  group: [{ id: 'g', name: 'web', profile_id: 'p' }],
  profile: [{ id: 'p', name: 'p', docker: true }],
  ruleset: [{ id: 'r', name: 'r', profile_id: 'p', rules: { inbound: rules('inbound'), outbound: rules('outbound') } }],
  service: [
    {
      id: 's',
      name: 's',
      services: [
        { protocol: 'tcp', ports: ['22', '80:90'] },
        { protocol: 'udp', ports: ['53'] },
        { protocol: 'icmp', ports: ['8', '13'] },
      ],
    },
    { id: 'none', name: 'none', services: [] },
  ],
  zone: [{ id: 'z', name: 'office', ipv4_addresses: ['10.0.0.0/8'], ipv6_addresses: [] }],
});

it.each(['dog1', 'dog2'] as const)('each line of a text is traced to the rule that it is of: %s', (dialect) => {
  const compiled = compileGroup(POLICY, 'g', { dialect, generateUnset: false });
  for (const family of ['v4', 'v6'] as const) {
    const traced = finish(traceGroup(POLICY, 'g', [family], dialect))?.[family];
    expect(traced).toMatchObject({
      text: compiled.ok && compiled[family === 'v4' ? 'set4' : 'set6'].text,
      table: 'ruleset',
    });
    const lines = traced?.text.split('\n').slice(0, -1) ?? [];
    expect(traced?.origins).toHaveLength(lines.length);
    for (const [at, line] of lines.entries()) {
      const origin = traced?.origins[at];
      const [, direction, index] = /--comment "(inbound|outbound) (\d)"/.exec(line) ?? [];
      expect(origin, line).toEqual(direction === undefined ? null : { direction, index: Number(index) });
    }
    const tracedRules = new Set(
      traced?.origins.flatMap((origin) => (origin ? `${origin.direction} ${origin.index}` : [])),
    );
    expect([...tracedRules].sort()).toEqual([
      'inbound 0',
      'inbound 2',
      'inbound 3',
      'outbound 0',
      'outbound 2',
      'outbound 3',
    ]);
  }
});

it.each(['dog1', 'dog2'] as const)('both families traced at once are what each is alone: %s', (dialect) => {
  const both = finish(traceGroup(POLICY, 'g', ['v4', 'v6'], dialect));
  for (const family of ['v4', 'v6'] as const)
    expect(both?.[family]).toEqual(finish(traceGroup(POLICY, 'g', [family], dialect))?.[family]);
});

it.each(['dog1', 'dog2'] as const)('texts with addresses are traced too: %s', (dialect) => {
  const compiled = compileGroup(POLICY, 'g', { dialect, generateUnset: true });
  const traced = finish(traceGroup(POLICY, 'g', ['v4', 'v6'], dialect, 'iptables'));
  expect([traced?.v4.text, traced?.v6.text]).toEqual(compiled.ok && [compiled.unset4.text, compiled.unset6.text]);
  const lines = traced?.v4.text.split('\n').slice(0, -1) ?? [];
  expect(traced?.v4.origins).toHaveLength(lines.length);
  for (const [at, line] of lines.entries()) {
    const [, direction, index] = /--comment "(inbound|outbound) (\d)"/.exec(line) ?? [];
    const wanted = direction === undefined ? null : { direction, index: Number(index) };
    expect(traced?.v4.origins[at], line).toEqual(wanted);
  }
});

it('a group that does not compile has nothing to trace', () => {
  expect(finish(traceGroup(POLICY, 'x', ['v4'], 'dog2'))).toBeUndefined();
});
