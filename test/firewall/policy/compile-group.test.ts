import { describe, expect, it } from 'vitest';
import { EMPTY_HASH } from '../../../src/firewall/hash/sha256.js';
import { compileGroup } from '../../../src/firewall/policy/compile-group.js';
import type { Document } from '../../../src/model/document.js';
import { makePolicy, makeRule } from '../../support/make-policy.js';

const SSH: Document = { id: 's1', name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] };

const base = {
  group: [
    { id: 'g1', name: 'web', profile_id: 'p1' },
    { id: 'g2', name: 'db', external_ipv4_addresses: ['10.9.0.1', '10.9.0.0'], external_ipv6_addresses: ['FD00::9'] },
  ],
  zone: [{ id: 'z1', name: 'office', ipv4_addresses: ['192.0.2.7/24'], ipv6_addresses: [] }],
  service: [SSH],
  profile: [{ id: 'p1', name: 'p' }],
  host: [{ id: 'h1', name: 'h', group: 'web', active: 'active', interfaces: '{"eth0":["10.0.0.1"]}' }],
  ruleset: [
    {
      id: 'r1',
      name: 'r',
      profile_id: 'p1',
      rules: {
        inbound: [
          makeRule({ group_type: 'ROLE', group: 'g2', service: 's1' }),
          makeRule({ group_type: 'ZONE', group: 'z1', service: 's1' }),
          makeRule({ group_type: 'ROLE', group: 'self', service: 's1' }),
        ],
        outbound: [],
      },
    },
  ],
} satisfies Parameters<typeof makePolicy>[0];

function compile(tables: Parameters<typeof makePolicy>[0], dialect: 'dog1' | 'dog2' = 'dog2', generateUnset = true) {
  const compiled = compileGroup(makePolicy(tables), 'g1', { dialect, generateUnset });
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled;
}

function inputLines(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('-A INPUT -s '));
}

describe('compileGroup', () => {
  it('names the sets that the texts need', () => {
    const compiled = compile(base);
    expect(compiled.sets).toEqual(['db_gv4', 'db_gv6', 'office_zv4', 'office_zv6', 'web_gv4', 'web_gv6']);
    for (const set of compiled.sets) expect(compiled.set4.text + compiled.set6.text).toContain(` ${set} `);
  });

  it('looks addresses up by the name behind the id in dog2, self included', () => {
    expect(inputLines(compile(base).unset4.text).map((line) => line.split(' ')[3])).toEqual([
      '10.9.0.0/31',
      '192.0.2.0/24',
      '10.0.0.1/32',
    ]);
    expect(compile(base).unset6.text).toContain('-s fd00::9/128');
  });

  it('finds nothing under an id in dog1, as the old server', () => {
    expect(inputLines(compile(base, 'dog1').unset4.text)).toEqual([]);
  });

  it('leaves the texts without sets empty when they are switched off', () => {
    const { unset4, unset6, set4 } = compile(base, 'dog2', false);
    expect([unset4, unset6]).toEqual([
      { text: '', hash: EMPTY_HASH },
      { text: '', hash: EMPTY_HASH },
    ]);
    expect(set4.text).not.toBe('');
  });

  it.each([
    ['no group', { ...base, group: [] }, 'group_not_found'],
    ['no profile_id', { ...base, group: [{ id: 'g1', name: 'web' }] }, 'profile_not_found'],
    ['an empty profile_id', { ...base, group: [{ id: 'g1', name: 'web', profile_id: '' }] }, 'profile_not_found'],
    ['no profile', { ...base, profile: [] }, 'profile_not_found'],
  ])('says so when there is %s', (_what, tables, reason) => {
    const compiled = compileGroup(makePolicy(tables), 'g1', { dialect: 'dog2', generateUnset: true });
    expect(compiled).toMatchObject({ ok: false, error: { reason } });
  });

  it.each(['dog1', 'dog2'] as const)(
    'takes the id any for everyone only where the policy says so, in %s',
    (dialect) => {
      const rules = (peer: object) => ({ inbound: [makeRule({ ...peer, service: 's1' })], outbound: [] });
      const of = (peer: object) =>
        makePolicy({ ...base, ruleset: [{ id: 'r1', profile_id: 'p1', rules: rules(peer) }] });
      const options = { dialect, generateUnset: true };
      const everyone = compileGroup(of({ group_type: 'ANY', group: 'any' }), 'g1', options);
      expect(everyone.ok).toBe(true);
      for (const group_type of ['ZONE', 'ROLE', 'GROUP']) {
        const peer = { group_type, group: 'any' };
        expect(compileGroup({ ...of(peer), anyIsEveryone: true }, 'g1', options)).toEqual(everyone);
        expect(compileGroup(of(peer), 'g1', options)).toMatchObject({
          ok: false,
          error: { field: 'group', value: 'any' },
        });
      }
      const linked = { ...of({ group_type: 'ZONE', group: 'any', environment: 'q1' }), anyIsEveryone: true };
      expect(compileGroup(linked, 'g1', options)).toMatchObject({
        ok: true,
        sets: ['q1#any_zv4', 'q1#any_zv6'],
      });
    },
  );

  it('names the rule and the field that cannot be compiled', () => {
    const rules = { inbound: [makeRule(), makeRule({ group_type: 'ZONE', group: 'gone' })], outbound: [] };
    const tables = { ...base, ruleset: [{ id: 'r1', profile_id: 'p1', rules }] };
    expect(compileGroup(makePolicy(tables), 'g1', { dialect: 'dog2', generateUnset: true })).toMatchObject({
      ok: false,
      error: {
        reason: 'rule',
        variant: 'set4',
        rule: { direction: 'inbound', index: 1 },
        field: 'group',
        value: 'gone',
      },
    });
  });

  it('has no rules without a ruleset, or with one that holds none', () => {
    const none = compile({ ...base, ruleset: [] }).set4.text;
    expect(none).not.toContain('match-set');
    const rules = { inbound: [], outbound: [] };
    expect(compile({ ...base, ruleset: [{ id: 'r', profile_id: 'p1', rules }] }).set4.text).toBe(none);
  });

  it.each([[undefined], [null], [5]])('does not take a ruleset whose rules are %j for one that holds none', (rules) => {
    const ruleset = [{ id: 'r', profile_id: 'p1', ...(rules === undefined ? {} : { rules }) }];
    const compiled = compileGroup(makePolicy({ ...base, ruleset }), 'g1', { dialect: 'dog2', generateUnset: true });
    expect(compiled).toMatchObject({ ok: false, error: { field: 'rules' } });
  });

  it('takes the rules of a very old profile in dog2, and none in dog1', () => {
    const rules = { inbound: [makeRule({ comment: 'old' })], outbound: [] };
    const old = { ...base, ruleset: [], profile: [{ id: 'p1', name: 'p', rules }] };
    expect(compile(old, 'dog2').set4.text).toContain('--comment old');
    expect(compile(old, 'dog1').set4.text).not.toContain('--comment old');
    expect(compile({ ...old, ruleset: base.ruleset }, 'dog2').set4.text).not.toContain('--comment old');
  });

  it('takes the first by id of two rulesets, whatever their order', () => {
    const one = (id: string) => ({
      id,
      profile_id: 'p1',
      rules: { inbound: [makeRule({ comment: id })], outbound: [] },
    });
    for (const ruleset of [
      [one('a'), one('b')],
      [one('b'), one('a')],
    ]) {
      expect(compile({ ...base, ruleset }).set4.text).toContain('--comment a');
    }
  });

  it('sees a change of documents that are kept in place once the version has grown', () => {
    const policy = { ...makePolicy(base), version: 1 };
    const options = { dialect: 'dog2', generateUnset: false } as const;
    const before = compileGroup(policy, 'g1', options);
    (policy.service as Map<string, Document>).set('s1', { ...SSH, services: [{ protocol: 'tcp', ports: ['2222'] }] });
    expect(before.ok && before.set4.text).toContain('--dport 22 ');
    const after = compileGroup(Object.assign(policy, { version: 2 }), 'g1', options);
    expect(after.ok && after.set4.text).toContain('--dport 2222');
  });
});
