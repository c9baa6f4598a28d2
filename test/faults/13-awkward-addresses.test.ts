import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readAddress } from '../../src/firewall/addresses/canonical-address.js';
import { setsHash } from '../../src/firewall/ipset/normalize-sets.js';
import { compileGroup } from '../../src/firewall/policy/compile-group.js';
import { wantedSets } from '../../src/firewall/policy/wanted-sets.js';
import { compileWantedSets } from '../../src/firewall/sets/compile-sets.js';
import { createOracle } from '../support/kernel-oracle.js';
import { makePolicy, makeRule } from '../support/make-policy.js';

/**
 * Trial 13: awkward addresses. At the door each is refused with a reason, or read as the kernel reads it. Stored ones,
 * which came from before, are published in a form that loads and reads back to our hash, and never break the others.
 */
const ADDRESSES: readonly (readonly [text: string, v4: string | undefined, v6: string | undefined])[] = [
  ['010.1.1.1', undefined, undefined],
  ['999.1.1.1', undefined, undefined],
  ['10.1.2.3/24', '10.1.2.0/24', undefined],
  ['1.2.3.4/33', undefined, undefined],
  ['::ffff:10.0.0.1', undefined, '::ffff:10.0.0.1/128'],
  ['::ffff:a00:1', undefined, '::ffff:10.0.0.1/128'],
  ['fe80::1%eth0', undefined, undefined],
  ['0.0.0.0/0', '0.0.0.0/0', undefined],
  ['::/0', undefined, '::/0'],
  ['0.0.0.0', '0.0.0.0/32', undefined],
  ['', undefined, undefined],
  [' 10.0.0.1', undefined, undefined],
  ['10.0.0.1\ndestroy x', undefined, undefined],
  ['\n', undefined, undefined],
  ['10.0.0.1\0', undefined, undefined],
  ['10.0.0.1;id', undefined, undefined],
  ['$(id)', undefined, undefined],
  ['10.0.0.1-10.0.0.9', undefined, undefined],
  ['10.0.0.1,10.0.0.2', undefined, undefined],
  ['10.0.0.1:80', undefined, undefined],
  ['2001:DB8:0:0::1', undefined, '2001:db8::1/128'],
  ['::1.2.3.4', undefined, '::1.2.3.4/128'],
  ['::1', undefined, '::1/128'],
  ['1.2.3.4/032', undefined, undefined],
  ['127.1', undefined, undefined],
  ['2130706433', undefined, undefined],
  ['0x7f.0.0.1', undefined, undefined],
  ['１.2.3.4', undefined, undefined],
];

describe('trial 13: awkward addresses at the door', () => {
  it.each(ADDRESSES)('%j', (text, v4, v6) => {
    for (const [family, wanted] of [
      ['v4', v4],
      ['v6', v6],
    ] as const) {
      const read = readAddress(text, family);
      if (wanted === undefined) expect(read).toMatchObject({ ok: false, reason: expect.stringMatching(/./) as string });
      else expect(read.ok && `${read.address}/${read.length}`).toBe(wanted);
    }
  });
});

const NAMES = ['ipv4_addresses', 'ipv6_addresses', 'external_ipv4_addresses', 'external_ipv6_addresses'] as const;

/** A policy that holds these addresses wherever addresses can be, and a group whose rules name them all. */
function policyWith(addresses: readonly string[]) {
  const lists = Object.fromEntries(NAMES.map((name) => [name, addresses]));
  return makePolicy({
    zone: [
      { id: 'z', name: 'awkward', ...lists },
      { id: 'good', name: 'good', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: ['2001:db8::1'] },
    ],
    group: [{ id: 'g', name: 'web', profile_id: 'p', ...lists }],
    host: [{ id: 'h', group: 'web', active: 'active', interfaces: JSON.stringify({ eth0: addresses }) }],
    profile: [{ id: 'p', name: 'p' }],
    ruleset: [
      {
        id: 'r',
        profile_id: 'p',
        rules: {
          inbound: [
            makeRule({ group_type: 'ZONE', group: 'z' }),
            makeRule({ group_type: 'ZONE', group: 'good' }),
            makeRule({ group_type: 'ROLE', group: 'g' }),
            makeRule({ group_type: 'ROLE', group: 'all-active' }),
          ],
          outbound: [makeRule({ group_type: 'ZONE', group: 'z' })],
        },
      },
    ],
  });
}

const oracle = await createOracle();

if ('unavailable' in oracle) {
  it.skip(`trial 13: awkward addresses in the kernel (${oracle.unavailable})`, () => undefined);
} else {
  afterEach(() => oracle.reset());
  afterAll(() => oracle.close());

  describe.each(['dog1', 'dog2'] as const)('trial 13: awkward addresses in the kernel, %s', (dialect) => {
    const all = ADDRESSES.map(([text]) => text);
    it.each([...all.map((text) => [text]), all])('%j', async (...addresses) => {
      const policy = policyWith(addresses);
      const sets = compileWantedSets(wantedSets(policy, dialect).wanted, dialect);
      expect(await oracle.loadSets(sets.text)).toEqual({ ok: true, message: '' });
      const saved = await oracle.saveSets();
      expect(setsHash(saved)).toBe(sets.hash);
      expect(saved).toContain('add good_zv4 192.0.2.1\n');
      expect(saved).toContain('add good_zv6 2001:db8::1\n');

      const group = compileGroup(policy, 'g', { dialect, generateUnset: true });
      if (!group.ok) throw new Error(group.error.message);
      for (const variant of ['set4', 'set6', 'unset4', 'unset6'] as const) {
        const { text, hash } = group[variant];
        for (const verdict of await oracle.proveRuleset(text, variant.endsWith('4') ? 'v4' : 'v6')) {
          expect(verdict).toMatchObject({ ok: true, hash });
        }
      }
    });
  });
}
