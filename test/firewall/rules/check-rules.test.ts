import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRules, FoundFaults, type RulesCheck } from '../../../src/firewall/rules/check-rules.js';
import { describeError } from '../../../src/firewall/rules/compile-error.js';
import { policyLookups } from '../../../src/firewall/rules/policy-lookups.js';
import type { Json, JsonObject } from '../../../src/model/document.js';
import { placesWith } from '../../../src/model/rules-of.js';

const lookups = policyLookups(
  [{ id: 'g1', name: 'web' }],
  [{ id: 'z1', name: 'office' }],
  [
    { id: 'ssh', name: 'ssh', services: [{ protocol: 'tcp', ports: ['22'] }] },
    {
      id: 'dns',
      name: 'dns',
      services: [
        { protocol: 'tcp', ports: ['53'] },
        { protocol: 'udp', ports: ['53'] },
      ],
    },
    { id: 'bad', name: 'bad', services: [{ protocol: 'tcp', ports: ['65536'] }] },
  ],
);
const GOOD: JsonObject = {
  action: 'ACCEPT',
  active: true,
  group: 'g1',
  group_type: 'ROLE',
  service: 'ssh',
  comment: 'it\'s "fine"',
};

function check(rules: Json | undefined, stored?: Json) {
  return checkRules(rules, { lookups, dialect: 'dog2', unsetTables: true, stored });
}
function paths(rules: Json | undefined, stored?: Json) {
  return check(rules, stored).map((error) => describeError(error).split(':')[0]);
}
function inbound(...rules: readonly Json[]) {
  return { inbound: rules, outbound: [] };
}

describe('rules that somebody wants to write', () => {
  it('may be absent, empty, or good', () => {
    expect(check(undefined)).toEqual([]);
    expect(check({ inbound: [], outbound: [] })).toEqual([]);
    expect(check(inbound(GOOD, { ...GOOD, group: 'z1', group_type: 'ZONE' }, { service: ' ' }))).toEqual([]);
  });

  it('are passed over where only others are of interest; faults keep their places', () => {
    const rules = inbound({ ...GOOD, service: 'bad' }, GOOD, { ...GOOD, service: 'nothing' }, 'no rule');
    const at = (list: readonly Json[]) => placesWith(list, 'service', 'nothing');
    const some = checkRules(rules, { lookups, dialect: 'dog2', unsetTables: true, at });
    expect(some).toEqual(check(rules).filter(({ rule }) => rule?.index === 2));
    expect(some).toHaveLength(1);
  });

  it('have the faults that they have alone, when what was found of others before is heeded', () => {
    const oneOf = <T extends Json>(...values: T[]) => fc.constantFrom(...values);
    const rule = fc.record({
      ...Object.fromEntries(Object.entries(GOOD).map(([key, value]) => [key, fc.constant(value)])),
      group: oneOf<Json>('any', 'z1', 'nobody', 7),
      group_type: oneOf('ANY', 'ZONE', 'ROLE'),
      service: oneOf<Json>('dns', 'bad', 'nothing', null),
      interface: oneOf('', 'eth0', 'far too long a name'),
      states: oneOf<Json>([], ['NEW'], ['OLD']),
    });
    const list = fc.array(fc.oneof({ weight: 9, arbitrary: rule }, fc.constantFrom<Json>('no rule', null)), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.array(fc.record({ inbound: list, outbound: list }), { maxLength: 6 }), (rulesets) => {
        const known: RulesCheck = { lookups, dialect: 'dog2', unsetTables: true, found: new FoundFaults() };
        for (const rules of rulesets as Json[]) expect(checkRules(rules, known)).toEqual(check(rules));
      }),
    );
  });

  it('are told every fault of every rule, once', () => {
    const rules = {
      inbound: [
        GOOD,
        { ...GOOD, comment: 'a\nb', interface: 'far too long a name', states: ['OLD'] },
        { ...GOOD, service: 'dns', type: 'CONNLIMIT', conn_limit_above: 3 },
      ],
      outbound: [{ ...GOOD, group: 'nobody', service: 'nothing' }, { ...GOOD, service: 'bad' }, 'no rule'],
    };
    expect(paths(rules)).toEqual([
      'rules.inbound[1].states ["OLD"]',
      'rules.inbound[1].interface "far too long a name"',
      'rules.inbound[1].comment "a\\nb"',
      'rules.inbound[2].service "dns"',
      'rules.outbound[0].service "nothing"',
      'rules.outbound[1].service',
      'rules.outbound[2].rule "no rule"',
    ]);
  });

  it('may keep a reference to what is gone, but not take up one', () => {
    const gone = { ...GOOD, group: 'gone' };
    expect(paths(inbound(gone))).toEqual(['rules.inbound[0].group "gone"']);
    expect(paths(inbound(gone), inbound(gone))).toEqual([]);
    expect(paths(inbound({ ...gone, group: 'other' }), inbound(gone))).toEqual(['rules.inbound[0].group "other"']);
  });

  it('may not hold what only an old document may', () => {
    const check1 = (comment: string) =>
      checkRules(inbound({ ...GOOD, comment }), { lookups, dialect: 'dog1', unsetTables: false });
    expect(check1('tab\there')).toMatchObject([{ field: 'comment', rule: { direction: 'inbound', index: 0 } }]);
    expect(check1(String.raw`say \"hi\" now`)).toMatchObject([{ field: 'comment' }]);
    expect(check1('Zoë')).toEqual([]);
    const rules = inbound({ ...GOOD, interface: 'eth\\0' });
    expect(checkRules(rules, { lookups, dialect: 'dog1', unsetTables: false })).toMatchObject([{ field: 'interface' }]);
  });

  it('check limits although no group has addresses', () => {
    expect(check(inbound({ ...GOOD, type: 'RECENT', seconds: 0 })).map(({ field }) => field)).toEqual([
      'seconds',
      'hit_count',
    ]);
  });

  it('are objects of two lists', () => {
    expect(paths([])).toEqual(['rules []']);
    expect(paths({ inbound: [] })).toEqual(['rules.outbound']);
    expect(paths({ inbound: {}, outbound: [] })).toEqual(['rules.inbound {}']);
  });
});
