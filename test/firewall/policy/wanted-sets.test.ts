import { describe, expect, it } from 'vitest';
import { ownSets } from '../../../src/firewall/policy/own-sets.js';
import type { PolicyPart } from '../../../src/firewall/policy/policy.js';
import { wantedSets } from '../../../src/firewall/policy/wanted-sets.js';
import { compileWantedSets } from '../../../src/firewall/sets/compile-sets.js';
import type { Document } from '../../../src/model/document.js';
import { makePolicy } from '../../support/make-policy.js';

type Tables = Partial<Record<PolicyPart, readonly Document[]>>;

function sets(tables: Tables, dialect: 'dog1' | 'dog2' = 'dog2') {
  return compileWantedSets(wantedSets(makePolicy(tables), dialect).wanted, dialect).sets;
}
function faults(tables: Tables) {
  return wantedSets(makePolicy(tables), 'dog2').faults;
}

function host(id: string, group: string, address: string, active = 'active'): Document {
  return {
    id,
    name: id,
    group,
    active,
    interfaces: JSON.stringify({ lo: ['127.0.0.1'], eth0: [address] }),
  };
}

describe('the sets of a policy', () => {
  it('hold the addresses of active hosts, by the name of their group', () => {
    const tables = {
      group: [{ id: 'g1', name: 'web', external_ipv4_addresses: ['192.0.2.1'] }],
      host: [host('h1', 'web', '10.0.0.1'), host('h2', 'web', '10.0.0.9', 'new'), host('h3', 'nowhere', '10.0.0.3')],
    };
    expect(Object.fromEntries(sets(tables))).toEqual({
      'all-active_gv4': ['10.0.0.1', '10.0.0.3', '192.0.2.1'],
      'all-active_gv6': [],
      self_gv4: [],
      self_gv6: [],
      web_gv4: ['10.0.0.1', '192.0.2.1'],
      web_gv6: [],
    });
  });

  it('take groups of one name together', () => {
    const tables = {
      group: [
        { id: 'g1', name: 'web', external_ipv4_addresses: ['192.0.2.1'] },
        { id: 'g2', name: 'web', external_ipv4_addresses: ['192.0.2.9'] },
      ],
      host: [host('h1', 'web', '10.0.0.1')],
    };
    expect(sets(tables).get('web_gv4')).toEqual(['10.0.0.1', '192.0.2.1', '192.0.2.9']);
  });

  it('unite all environments that are to be united', () => {
    const external = (id: string, name: string, address: string, change = {}): Document => ({
      id,
      name,
      state: 'active',
      address_handling: 'union',
      v4: { groups: { web: [address] }, zones: {} },
      v6: { groups: {}, zones: {} },
      ...change,
    });
    const tables = {
      group: [{ id: 'g1', name: 'web', external_ipv4_addresses: ['192.0.2.1'] }],
      external: [
        external('1', 'q1', '10.1.0.1', { address_handling: 'prefix' }),
        external('2', 'u2', '10.2.0.1'),
        external('3', 'u3', '10.3.0.1', { address_handling: undefined }),
        external('4', 'u4', '10.4.0.1', { state: 'inactive' }),
        external('5', 'u5', '10.5.0.1'),
      ],
      link: [{ id: 'l', name: 'u5', address_handling: 'prefix' }],
    };
    const made = sets(tables);
    expect(made.get('web_gv4')).toEqual(['10.2.0.1', '10.3.0.1', '192.0.2.1']);
    expect(made.get('q1#web_gv4')).toEqual(['10.1.0.1']);
    expect(made.get('q1#web_gv6')).toEqual([]);
    expect(made.get('u5#web_gv4')).toEqual(['10.5.0.1']);
    expect(made.has('u4#web_gv4')).toBe(false);
    // The old server kept what the last environment of a kind sent under a name, beside what is our own.
    expect(sets(tables, 'dog1').get('web_gv4')).toEqual(['10.3.0.1', '192.0.2.1/32']);
  });

  it.each<[string, Tables, PolicyPart]>([
    ['interfaces that are no JSON', { host: [{ id: 'x', group: 'web', active: 'active', interfaces: '{' }] }, 'host'],
    ['a group list that is no list', { group: [{ id: 'x', name: 'bad', external_ipv4_addresses: 'no' }] }, 'group'],
    ['a group without a name', { group: [{ id: 'x' }] }, 'group'],
    ['a group with the name of a built-in one', { group: [{ id: 'x', name: 'all-active' }] }, 'group'],
    ['a zone without its lists', { zone: [{ id: 'x', name: 'bad', ipv6_addresses: [] }] }, 'zone'],
    ['a zone whose name is a number', { zone: [{ id: 'x', name: 7, ipv4_addresses: [], ipv6_addresses: [] }] }, 'zone'],
    [
      'an external without v4',
      { external: [{ id: 'x', name: 'q1', state: 'active', v6: { groups: {}, zones: {} } }] },
      'external',
    ],
  ])('survive %s, and say so', (_what, bad, table) => {
    const good = {
      group: [{ id: 'g1', name: 'web', external_ipv4_addresses: ['192.0.2.1'] }],
      host: [host('h1', 'web', '10.0.0.1')],
    };
    const tables: Tables = Object.fromEntries(
      [...new Set([...Object.keys(good), ...Object.keys(bad)])].map((part) => [
        part,
        [...((good as Tables)[part as PolicyPart] ?? []), ...(bad[part as PolicyPart] ?? [])],
      ]),
    );
    expect(sets(tables).get('web_gv4')).toEqual(['10.0.0.1', '192.0.2.1']);
    expect(faults(tables)).toContainEqual(expect.objectContaining({ table, id: 'x' }));
    expect(faults(good)).toEqual([]);
  });

  it('survive names that objects know already', () => {
    const tables = { group: [{ id: 'g', name: '__proto__', external_ipv4_addresses: ['192.0.2.1'] }] };
    expect(sets(tables).get('__proto___gv4')).toEqual(['192.0.2.1']);
    expect(ownSets(makePolicy(tables), 'dog2').v4.groups['__proto__']).toEqual(['192.0.2.1/32']);
  });
});

describe('ownSets', () => {
  it('lists what is our own, canonical, with lengths, without externals', () => {
    const policy = makePolicy({
      group: [
        { id: 'g1', name: 'web', external_ipv4_addresses: ['192.0.2.9/24', 'junk'], external_ipv6_addresses: [] },
      ],
      host: [host('h1', 'web', '10.0.0.1')],
      zone: [{ id: 'z', name: 'all', ipv4_addresses: ['0.0.0.0/0', 'fd00::1'], ipv6_addresses: ['FD00::1', '::/0'] }],
      external: [
        {
          id: 'x',
          name: 'u1',
          state: 'active',
          v4: { groups: { far: ['1.2.3.4'] }, zones: {} },
          v6: { groups: {}, zones: {} },
        },
      ],
    });
    const all = ['10.0.0.1/32', '192.0.2.0/24'];
    expect(ownSets(policy, 'dog2')).toEqual({
      v4: { groups: { 'all-active': all, self: [], web: all }, zones: { all: ['0.0.0.0/0'] } },
      v6: { groups: { 'all-active': [], self: [], web: [] }, zones: { all: ['::/0', 'fd00::1/128'] } },
    });
  });
});
