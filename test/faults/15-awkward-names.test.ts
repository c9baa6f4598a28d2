import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { setsHash } from '../../src/firewall/ipset/normalize-sets.js';
import { compileGroup } from '../../src/firewall/policy/compile-group.js';
import { wantedSets } from '../../src/firewall/policy/wanted-sets.js';
import { compileWantedSets } from '../../src/firewall/sets/compile-sets.js';
import { createOracle } from '../support/kernel-oracle.js';
import { makePolicy, makeRule } from '../support/make-policy.js';

/**
 * Trial 15: names of awkward kinds that are stored already (new ones are refused at the door). What is published loads
 * and reads back to our hash; a name that no set can have costs that set and the groups whose rules name it, no other.
 */
const NAMES: readonly (readonly [name: string, usable: boolean])[] = [
  ['x', true],
  ['a'.repeat(26), true],
  ['a'.repeat(27), false],
  ['a'.repeat(31), false],
  ['a'.repeat(32), false],
  ['a'.repeat(100_000), false],
  ['é'.repeat(13), true],
  ['é'.repeat(14), false],
  ['', true],
  ['two words', false],
  [' ', false],
  ['tab\there', false],
  ['line\nadd good_gv4n 6.6.6.6', false],
  ['cr\r\nlf', false],
  ['nul\0', false],
  ['double"quote', false],
  ["single'quote", true],
  ['semi;colon', true],
  ['$(id)', true],
  ['`id`', true],
  ['%n%s', true],
  ['-x', true],
  ['--help', true],
  ['#hash', true],
  ['q1#web', true],
  ['😀', true],
  ['\u202eabc', true],
  ['../../etc', true],
  ['__proto__', true],
  ['constructor', true],
  ['add', true],
  ['good_gv4', true],
  ['goo', true],
];

function policyWith(name: string) {
  return makePolicy({
    group: [
      { id: 'g', name, external_ipv4_addresses: ['10.0.0.1'], external_ipv6_addresses: ['fd00::1'], profile_id: 'p' },
      { id: 'good', name: 'good', external_ipv4_addresses: ['192.0.2.1'], profile_id: 'q' },
    ],
    zone: [{ id: 'z', name, ipv4_addresses: ['10.0.0.2'], ipv6_addresses: ['fd00::2'] }],
    profile: [
      { id: 'p', name: 'p' },
      { id: 'q', name: 'q' },
    ],
    ruleset: [
      {
        id: 'r',
        profile_id: 'p',
        rules: {
          inbound: [makeRule({ group_type: 'ROLE', group: 'g' }), makeRule({ group_type: 'ZONE', group: 'z' })],
          outbound: [],
        },
      },
      { id: 's', profile_id: 'q', rules: { inbound: [makeRule({ group_type: 'ROLE', group: 'good' })], outbound: [] } },
    ],
  });
}

const oracle = await createOracle();

if ('unavailable' in oracle) {
  it.skip(`trial 15: awkward names (${oracle.unavailable})`, () => undefined);
} else {
  afterEach(() => oracle.reset());
  afterAll(() => oracle.close());

  describe.each(['dog1', 'dog2'] as const)('trial 15: awkward names, %s', (dialect) => {
    it.each(NAMES)('%j', async (name, usable) => {
      const policy = policyWith(name);
      const sets = compileWantedSets(wantedSets(policy, dialect).wanted, dialect);
      expect(await oracle.loadSets(sets.text)).toEqual({ ok: true, message: '' });
      const saved = await oracle.saveSets();
      expect(setsHash(saved)).toBe(sets.hash);
      expect(saved).toContain('add good_gv4 192.0.2.1\n');
      expect(saved).not.toContain('6.6.6.6');
      expect(sets.sets.has(`${name}_gv4`)).toBe(usable);
      expect(sets.problems.filter(({ kind }) => kind === 'name')).toHaveLength(usable ? 0 : 4);

      const options = { dialect, generateUnset: true } as const;
      expect(compileGroup(policy, 'good', options)).toMatchObject({ ok: true, sets: ['good_gv4', 'good_gv6'] });
      const group = compileGroup(policy, 'g', options);
      if (!usable) {
        // Held back, whether the compiler refuses it or the publisher misses a set that it names.
        if (group.ok) expect(group.sets.every((set) => sets.sets.has(set))).toBe(false);
        else expect(group.error).toMatchObject({ rule: { direction: 'inbound', index: 0 }, field: 'group' });
        return;
      }
      if (!group.ok) throw new Error(group.error.message);
      for (const set of group.sets) expect(sets.sets.has(set)).toBe(true);
      for (const [variant, version] of [
        ['set4', 'v4'],
        ['set6', 'v6'],
      ] as const) {
        const { text, hash } = group[variant];
        for (const verdict of await oracle.proveRuleset(text, version)) {
          expect(verdict).toMatchObject({ ok: true, hash });
        }
      }
    });
  });
}
