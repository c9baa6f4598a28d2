import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/firewall/dialect.js';
import type { Json, JsonObject } from '../../../src/model/document.js';
import { compileInput } from '../../support/compile-input.js';

const SERVICES: readonly JsonObject[] = [
  { id: 'ssh', name: 'ssh', services: [{ protocol: 'tcp', ports: ['22'] }] },
  { id: 'ping', name: 'ping', services: [{ protocol: 'icmp', ports: ['8'] }] },
  { id: 'icmp', name: 'icmp', services: [{ protocol: 'icmp', ports: ['3/4', '13', 'time-exceeded'] }] },
  { id: 'icmp255', name: 'icmp255', services: [{ protocol: 'icmp', ports: ['255'] }] },
  { id: 'ping6', name: 'ping6', services: [{ protocol: 'ipv6-icmp', ports: ['128'] }] },
  {
    id: 'many',
    name: 'many',
    services: [{ protocol: 'tcp', ports: ['1000:1100', ...Array.from({ length: 16 }, (_, i) => `${i + 1}`)] }],
  },
  { id: 'named-any', name: 'Any', services: [{ protocol: 'tcp', ports: ['22'] }] },
  { id: 'gre', name: 'gre', services: [{ protocol: '47', ports: [''] }] },
];

const RULE = { action: 'ACCEPT', active: true, group: 'g1', group_type: 'ROLE', service: 'ssh' };

interface Asked {
  readonly inbound?: readonly JsonObject[];
  readonly outbound?: readonly JsonObject[];
  readonly version?: 'v4' | 'v6';
  readonly type?: 'ipsets' | 'iptables';
  readonly docker?: Json;
}

function compile(dialect: Dialect, { inbound = [], outbound = [], version = 'v4', type = 'ipsets', docker }: Asked) {
  return compileInput(
    {
      profile: { rules: { inbound, outbound }, ...(docker === undefined ? {} : { docker }) },
      type,
      version,
      selfGroup: 'web',
      groups: [
        { id: 'g1', name: 'web' },
        { id: 'g2', name: 'ANY' },
        { id: 'g3', name: 'a\\b' },
        { id: 'g4', name: '' },
      ],
      zones: [],
      services: SERVICES,
      ipMaps: {
        roleV4: { web: ['10.0.0.1/32', '10.0.0.2/32'], g1: ['192.0.2.1/32'] },
        roleV6: { web: ['fd00::1/128'] },
      },
    },
    dialect,
  );
}

function text(dialect: Dialect, asked: Asked): string {
  const result = compile(dialect, asked);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.text;
}

/** The lines that differ from those of a policy without rules. */
function own(dialect: Dialect, asked: Asked): string[] {
  const fixed = new Set(text(dialect, { version: asked.version ?? 'v4' }).split('\n'));
  return text(dialect, asked)
    .split('\n')
    .filter((line) => !fixed.has(line));
}

describe('what dog2 mends', () => {
  it('matches the peer of an answering packet as its destination', () => {
    const asked = { inbound: [RULE] };
    expect(own('dog1', asked)[1]).toContain('--match-set web_gv4 src -m tcp --sport 22');
    expect(own('dog2', asked)[1]).toContain('--match-set web_gv4 dst -m tcp --sport 22');
  });

  it('lets an IPv6 host answer, speak to itself and find its neighbours', () => {
    const added = text('dog2', { version: 'v6' })
      .split('\n')
      .filter((line) => !text('dog1', { version: 'v6' }).split('\n').includes(line));
    expect(added).toEqual([
      '-A OUTPUT -o lo -j ACCEPT',
      '-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      ...[133, 135, 136, 131, 132, 143].map(
        (type) => `-A OUTPUT -p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j ACCEPT`,
      ),
    ]);
  });

  it('lets requests out for an outbound ping rule', () => {
    const asked = { outbound: [{ ...RULE, service: 'ping' }] };
    expect(own('dog1', asked)).toEqual([
      '-A OUTPUT -p icmp -m set --match-set web_gv4 dst -m icmp --icmp-type 0 -j ACCEPT',
    ]);
    expect(own('dog2', asked)).toEqual([
      '-A OUTPUT -p icmp -m set --match-set web_gv4 dst -m icmp --icmp-type 8 -j ACCEPT',
    ]);
  });

  it('translates ICMP types for IPv6, answers included', () => {
    const asked = { version: 'v6', inbound: [{ ...RULE, service: 'ping' }] } as const;
    const types = (lines: readonly string[]) => lines.map((line) => / --icmpv6-type (\S+)/.exec(line)?.[1]);
    expect(types(own('dog1', asked))).toEqual(['8', '8']);
    expect(types(own('dog2', asked))).toEqual(['128', '129']);
    const others = { version: 'v6', outbound: [{ ...RULE, service: 'icmp' }] } as const;
    expect(types(own('dog2', others))).toEqual(['2/0', '3']);
    const result = compile('dog2', others);
    expect(result.ok && result.warnings.map(({ message }) => message)).toEqual(['ICMP type 13 has no like in IPv6']);
  });

  it('leaves ICMPv6 out of IPv4, and says so', () => {
    const result = compile('dog2', { inbound: [{ ...RULE, service: 'ping6' }] });
    expect(result).toMatchObject({
      ok: true,
      warnings: [{ field: 'service', rule: { direction: 'inbound', index: 0 } }],
    });
    expect(own('dog2', { inbound: [{ ...RULE, service: 'ping6' }] })).toEqual([]);
  });

  it('looks addresses up by name, and knows the group itself, where there are no sets', () => {
    const asked = { type: 'iptables', outbound: [RULE, { ...RULE, group: 'self' }] } as const;
    expect(own('dog1', asked)).toEqual(['-A OUTPUT -d 192.0.2.1/32 -p tcp -m tcp --dport 22 -j ACCEPT']);
    const lines = ['10.0.0.2', '10.0.0.1'].map((ip) => `-A OUTPUT -d ${ip}/32 -p tcp -m tcp --dport 22 -j ACCEPT`);
    expect(own('dog2', asked)).toEqual([...lines, ...lines]);
  });

  it('keeps limits where there are no sets', () => {
    const rule = { ...RULE, group_type: 'ANY', type: 'CONNLIMIT', conn_limit_above: 3, conn_limit_mask: 24 };
    const asked = { type: 'iptables', inbound: [rule] } as const;
    expect(own('dog1', asked)).toEqual(['-A INPUT -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset']);
    expect(own('dog2', asked)).toEqual([
      '-A INPUT -p tcp -m tcp --dport 22 -m connlimit --connlimit-above 3 --connlimit-mask 24 --connlimit-saddr -j REJECT --reject-with tcp-reset',
    ]);
  });

  it('takes a group or service called any for what it holds', () => {
    const asked = { outbound: [{ ...RULE, group: 'g2', service: 'named-any' }] };
    expect(own('dog1', asked)).toEqual(['-A OUTPUT -j ACCEPT']);
    expect(own('dog2', asked)).toEqual(['-A OUTPUT -p tcp -m set --match-set ANY_gv4 dst -m tcp --dport 22 -j ACCEPT']);
  });

  it('prints comments as the kernel does, in ASCII', () => {
    const asked = { outbound: [{ ...RULE, comment: 'Zoë\'s "x" v1.2' }] };
    expect(own('dog2', asked)[0]).toContain(String.raw`--comment "Zo?\'s \"x\" v1.2" -j`);
    expect(own('dog1', { outbound: [{ ...RULE, comment: 'Zoë v1.2' }] })[0]).toContain('--comment "Zoë v1.2" -j');
    expect(own('dog1', { outbound: [{ ...RULE, comment: 'v1.2' }] })[0]).toContain('--comment v1.2 -j');
  });
});

describe('what dog1 keeps, for the kernel prints it just so', () => {
  it.each([
    { comment: String.raw`say \"hi\" now`, piece: String.raw` --comment "say \"hi\" now" -j` },
    { comment: String.raw`C:\\temp dir`, piece: String.raw` --comment "C:\\temp dir" -j` },
    { interface: 'eth\\0', piece: ' -o eth\\0 ' },
    { group: 'g3', piece: ' --match-set a\\b_gv4 dst' },
  ])('backslashes: $piece', ({ piece, ...change }) => {
    const asked = { outbound: [{ ...RULE, ...change }] };
    expect(own('dog1', asked)).toEqual([expect.stringContaining(piece)]);
    expect(compile('dog2', asked)).toMatchObject({ ok: false, error: { field: Object.keys(change)[0] } });
  });

  it('a group without a name: its set has one', () => {
    expect(own('dog1', { outbound: [{ ...RULE, group: 'g4' }] })[0]).toContain(' --match-set _gv4 dst');
  });

  it('ICMP type 255, which IPv6 has, and which is any type in IPv4', () => {
    const asked = { outbound: [{ ...RULE, group_type: 'ANY', service: 'icmp255' }] };
    const line = '-A OUTPUT -p ipv6-icmp -m icmp6 --icmpv6-type 255 -j ACCEPT';
    expect(own('dog1', { ...asked, version: 'v6' })).toEqual([line]);
    expect(own('dog1', asked)).toEqual(['-A OUTPUT -p icmp -m icmp --icmp-type any -j ACCEPT']);
  });

  it('no other backslash', () => {
    for (const comment of ['a\\b', 'a \\b', 'a\\\\b'])
      expect(compile('dog1', { outbound: [{ ...RULE, comment }] })).toMatchObject({ error: { field: 'comment' } });
  });
});

describe('what both dialects mend, for the old text could not stand', () => {
  it.each(['dog1', 'dog2'] as const)('%s: one table with docker', (dialect) => {
    for (const docker of [true, 'true']) {
      const made = text(dialect, { docker });
      expect(made.match(/^\*filter$/gm)).toHaveLength(1);
      expect(made.match(/^COMMIT$/gm)).toHaveLength(1);
      expect(made).toContain(':INPUT DROP [0:0]');
      expect(made).toContain(':DOCKER-USER - [0:0]');
      // Agents and server leave docker's lines out of the hash.
      const [with_, without] = [compile(dialect, { docker }), compile(dialect, {})];
      expect(with_.ok && with_.hash).toBe(without.ok && without.hash);
    }
    expect(text(dialect, { docker: true, version: 'v6' })).not.toContain('DOCKER');
    expect(compile(dialect, { docker: 'maybe' })).toMatchObject({ ok: false, error: { rule: null, field: 'docker' } });
    expect(compile(dialect, { docker: 'maybe', version: 'v6' })).toMatchObject({ ok: true });
  });

  it.each(['dog1', 'dog2'] as const)('%s: at most 15 slots in a port list', (dialect) => {
    const ports = own(dialect, { outbound: [{ ...RULE, group_type: 'ANY', service: 'many' }] }).map(
      (line) => / --dports? (\S+)/.exec(line)?.[1],
    );
    expect(ports).toEqual(['1000:1100,1,2,3,4,5,6,7,8,9,10,11,12,13', '14,15,16']);
  });

  it.each(['dog1', 'dog2'] as const)('%s: recent rules and states as the kernel prints them', (dialect) => {
    const limit = { type: 'RECENT', seconds: 60, hit_count: 6, recent_mask: '255.255.255.0', comment: 'slow down' };
    const asked = { inbound: [{ ...RULE, ...limit, action: 'DROP', states: ['ESTABLISHED', 'NEW'] }] };
    const start =
      '-A INPUT -p tcp -m set --match-set web_gv4 src -m tcp --dport 22 -m state --state NEW,ESTABLISHED -m comment --comment "slow down" -m recent';
    expect(own(dialect, asked)).toEqual([
      `${start} --update --seconds 60 --hitcount 6 --name DEFAULT --mask 255.255.255.0 --rsource -j DROP`,
      `${start} --set --name DEFAULT --mask 255.255.255.0 --rsource`,
    ]);
    const v6 = own(dialect, { ...asked, version: 'v6' });
    expect(v6[0]).toContain('--mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource');
  });

  it.each(['dog1', 'dog2'] as const)('%s: protocols by the name that is printed back', (dialect) => {
    expect(own(dialect, { outbound: [{ ...RULE, group_type: 'ANY', service: 'gre' }] })).toEqual([
      '-A OUTPUT -p gre -j ACCEPT',
    ]);
  });

  it.each(['dog1', 'dog2'] as const)('%s: absent fields have their defaults', (dialect) => {
    expect(own(dialect, { inbound: [RULE] })).toHaveLength(2);
    for (const field of ['action', 'active', 'service', 'group_type']) {
      const { [field]: _gone, ...rest } = RULE as JsonObject;
      expect(compile(dialect, { inbound: [RULE, rest] })).toMatchObject({
        ok: false,
        error: { rule: { direction: 'inbound', index: 1 }, field },
      });
    }
  });
});
