import { describe, expect, it } from 'vitest';
import { addressSet, connectionCases, resolveEnd } from '../../src/analysis/index.js';
import { countOf } from '../../src/analysis/address-set.js';
import { finish } from '../../src/firewall/finish.js';
import { CompileBook } from '../../src/firewall/policy/compile-book.js';
import type { Policy } from '../../src/firewall/policy/policy.js';
import type { Document } from '../../src/model/document.js';
import { AddressNames } from '../../src/plan/address-names.js';
import { FilterBook } from '../../src/plan/filter-book.js';
import { compiledTexts } from '../../src/plan/fleet-texts.js';
import { LineSources } from '../../src/plan/line-sources.js';
import { PolicyFleet } from '../../src/plan/policy-fleet.js';
import { overlayPolicy } from '../../src/plan/overlay-policy.js';
import { SetLook } from '../../src/plan/set-look.js';
import { makePolicy, makeRule } from '../support/make-policy.js';

function host(id: string, group: string, address: string, active = 'active'): Document {
  return {
    id,
    name: `${id}-name`,
    hostkey: `${id}-key`,
    group,
    active,
    interfaces: JSON.stringify({ eth0: [address] }),
  };
}

const RULES = {
  inbound: [makeRule({ group_type: 'ZONE', group: 'z1', service: 's1' })],
  outbound: [],
};

const POLICY = makePolicy({
  group: [
    { id: 'g1', name: 'web', profile_id: 'p1', external_ipv4_addresses: ['198.51.100.7'] },
    { id: 'g2', name: 'db', profile_id: 'p2' },
    { id: 'g3', name: 'new' },
  ],
  profile: [
    { id: 'p1', name: 'p1' },
    { id: 'p2', name: 'p2' },
  ],
  ruleset: [
    { id: 'r1', name: 'r1', profile_id: 'p1', rules: RULES },
    { id: 'r2', name: 'r2', profile_id: 'p2', rules: { inbound: [], outbound: [] } },
  ],
  service: [{ id: 's1', name: 'ssh', services: [{ protocol: 'tcp', ports: ['22'] }] }],
  zone: [{ id: 'z1', name: 'office', ipv4_addresses: ['10.9.0.0/24'], ipv6_addresses: ['2001:db8::/64'] }],
  host: [
    host('h1', 'web', '192.0.2.1'),
    host('h2', 'web', '192.0.2.2'),
    host('h3', 'web', '192.0.2.3', 'inactive'),
    host('h4', 'db', '192.0.2.4'),
    host('h5', 'new', '192.0.2.5'),
  ],
});

function fleetOf(policy: Policy): PolicyFleet {
  const compiles = new CompileBook(policy, { dialect: 'dog2', generateUnset: false });
  const look = new SetLook('dog2');
  return new PolicyFleet({
    policy,
    dialect: 'dog2',
    filters: new FilterBook(),
    text: compiledTexts(compiles),

    set: function* (name) {
      return look.get(policy, name, new Map());
    },
  });
}

function verdicts(fleet: PolicyFleet, from: string, to: string, port = 22) {
  const [one, other] = [finish(resolveEnd(from, 'from', fleet)), finish(resolveEnd(to, 'to', fleet))];
  return finish(connectionCases(one, other, { protocol: 6, port, family: 'v4' }, fleet)).map(
    ({ verdict, box }) => `${verdict} ${countOf(box.src)} ${countOf(box.dst)}`,
  );
}

describe('the fleet of a policy', () => {
  it.each(['h1', 'h1-name', 'h1-key'])('knows a host as %s', (text) => {
    expect(fleetOf(POLICY).host(text)).toMatchObject({ name: 'h1-name', group: 'web' });
  });

  it('answers from the texts and sets that its policy makes', () => {
    const fleet = fleetOf(POLICY);
    expect(verdicts(fleet, 'zone:office', 'host:h1')).toEqual(['accept 256 1']);
    expect(verdicts(fleet, 'zone:office', 'host:h1', 23)).toEqual(['drop 256 1']);
    expect(verdicts(fleet, 'zone:z1', 'group:db')).toEqual(['drop 256 1']);
    // Those of a group are its active hosts; what rules name besides is nobody's here.
    expect(verdicts(fleet, 'zone:office', 'group:web').sort()).toEqual(['accept 256 1', 'accept 256 2']);
    // Whatever an active host has of the addresses asked for is judged by its group's rules.
    expect(verdicts(fleet, 'zone:office', '192.0.2.0/30').sort()).toEqual(['accept 256 2', 'accept 256 2']);
    expect(finish(resolveEnd('group:all-active', 'to', fleet)).parts.map(({ owner }) => owner?.group)).toEqual([
      'db',
      'new',
      'web',
      undefined,
    ]);
  });

  it('has hosts of a group in one part, and what rules name besides in another', () => {
    const { parts } = finish(resolveEnd('group:web', 'to', fleetOf(POLICY)));
    expect(parts.map(({ owner, addresses }) => [owner?.group, countOf(addresses.v4)])).toEqual([
      ['web', 2n],
      [undefined, 1n],
    ]);
  });

  it('names addresses by what holds them, or else by what lies within them', () => {
    const fleet = fleetOf(POLICY);
    const names = new AddressNames(() => fleet.named());
    const of = (...nets: string[]) => finish(names.of(addressSet('v4', nets)));
    expect(of('10.9.0.0/25')).toEqual(['zone:office']);
    expect(of('192.0.2.1')).toEqual(['host:h1-name', 'group:web']);
    expect(of('10.9.0.0/24', '192.0.2.4')).toEqual(['zone:office', 'group:db', 'host:h4-name']);
    expect(of('203.0.113.0/24')).toEqual([]);
  });

  it('tells where a line comes from, unless policy makes another text by now', () => {
    const sources = new LineSources(POLICY, 'dog2');
    const text = finish(sources.traced('g1', 'v4'))?.text ?? '';
    const line = text.split('\n').findIndex((one) => one.includes('office_zv4')) + 1;
    const source = (of: string, number: number | null) => finish(sources.of('web', 'v4', of, number));
    expect(source(text, line)).toEqual({ ruleset: 'r1', direction: 'inbound', index: 0, comment: '' });
    expect(source(text, 5)).toEqual({ fixed: 'skeleton' });
    expect(source(text, null)).toEqual({ fixed: 'policy' });
    expect(source(`${text}#`, line)).toEqual({ former: true });
  });

  it('says that nothing is known of hosts whose group has no ruleset', () => {
    expect(verdicts(fleetOf(POLICY), 'zone:office', 'host:h5')).toEqual(['unknown 256 1']);
  });

  it('follows a policy as it would be', () => {
    const zone = POLICY.zone.get('z1') as Document;
    const after = { ...zone, ipv4_addresses: ['10.9.0.0/25'] };
    const policy = overlayPolicy(POLICY, [{ table: 'zone', change: { id: 'z1', before: zone, after } }]);
    expect(verdicts(fleetOf(policy), 'zone:office', 'host:h1')).toEqual(['accept 128 1']);
    expect(verdicts(fleetOf(policy), '10.9.0.0/24', 'host:h1').sort()).toEqual(['accept 128 1', 'drop 128 1']);
  });

  it('reads a text once for all groups that have it, and again when a set holds others', () => {
    const filters = new FilterBook();
    const text = ['*filter', ':INPUT DROP [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]'].join('\n');
    const whole = `${text}\n-A INPUT -m set --match-set a_zv4 src -j ACCEPT\nCOMMIT\n`;
    const sets = [
      { family: 'v4', bounds: [1, 2] },
      { family: 'v4', bounds: [3, 4] },
    ] as const;
    const read = (at: 0 | 1 | undefined) =>
      finish(
        filters.filter('v4', whole, function* () {
          return at === undefined ? undefined : sets[at];
        }),
      );
    const first = read(0);
    expect(read(0)).toBe(first);
    expect(read(1)).not.toBe(first);
    expect(() => read(undefined)).toThrow('line 5: the set a_zv4 does not exist');
    expect(read(0).chains.INPUT[0]?.src[0]?.set).toBe(sets[0]);
  });
});
