import { describe, expect, it } from 'vitest';
import {
  addressSet,
  bindRuleset,
  checkExpectation,
  type ConnectionQuery,
  connectionCases,
  EndError,
  type Fleet,
  type FleetGroupEnd,
  isOneHost,
  readRuleset,
  readSets,
  resolveEnd,
} from '../../src/analysis/index.js';
import { holds } from '../../src/analysis/address-set.js';
import { finish } from '../../src/firewall/finish.js';
import { HostOwners } from '../../src/plan/host-owners.js';

const SETS = readSets('create web_gv4 hash:net family inet -exist\nadd web_gv4 10.0.1.1\nadd web_gv4 10.0.1.2\n');

function ruleset(input: readonly string[], output: readonly string[], policy = 'ACCEPT') {
  const text = [
    '*filter',
    ':INPUT DROP [0:0]',
    ':FORWARD DROP [0:0]',
    `:OUTPUT ${policy} [0:0]`,
    '-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT',
    '-A INPUT -i lo -j ACCEPT',
    ...input.map((rule) => `-A INPUT ${rule}`),
    ...output.map((rule) => `-A OUTPUT ${rule}`),
    'COMMIT',
  ].join('\n');
  return bindRuleset(readRuleset(text, 'v4'), SETS);
}

const NONE = { v4: addressSet('v4', []), v6: addressSet('v6', []) };
function group(name: string, v4: readonly string[]): FleetGroupEnd {
  return { name, hosts: { ...NONE, v4: addressSet('v4', v4) }, others: NONE };
}
/** An answer that needs no pause. */

function* at<Value>(value: Value): Generator<void, Value> {
  return value;
}
const GROUPS = [group('web', ['10.0.1.1', '10.0.1.2']), group('db', ['10.0.2.1'])];

/** Web may ask db for 5432; db drops what goes out to 10.0.1.2, answers too. */
const FILTERS = new Map([
  [
    'web',
    ruleset(['-p tcp -m tcp --dport 443 -j ACCEPT'], ['-p tcp -m tcp --dport 25 -j REJECT --reject-with tcp-reset']),
  ],
  [
    'db',
    ruleset(
      [
        '-p tcp -m set --match-set web_gv4 src -m tcp --dport 5432 -j ACCEPT',
        '-p icmp -m icmp --icmp-type 8 -j ACCEPT',
        '-p icmp -m icmp --icmp-type 13 -j ACCEPT',
      ],
      ['-d 10.0.1.2/32 -j DROP', '-p icmp -m icmp --icmp-type 14 -j DROP'],
    ),
  ],
]);

/** Each address is a host's. */
const OWNERS: ReadonlyMap<string, HostOwners> = new Map(
  [['web', ['10.0.1.1', '10.0.1.2']] as const, ['db', ['10.0.2.1']] as const].map(([name, hosts]) => [
    name,
    new HostOwners(hosts.map((host) => ({ ...NONE, v4: addressSet('v4', [host]) }))),
  ]),
);

const FLEET: Fleet = {
  hostOf: (name, addresses) => OWNERS.get(name)?.hostOf(addresses),
  host: (text) =>
    text === 'db1'
      ? { name: 'db1', group: 'db', addresses: { ...NONE, v4: addressSet('v4', ['10.0.2.1']) } }
      : undefined,
  group: (text) => at(GROUPS.find(({ name }) => name === text)),
  zone: (text) => at(text === 'office' ? { ...NONE, v4: addressSet('v4', ['10.9.0.0/24']) } : undefined),
  filter: (name, family) => at(family === 'v4' ? (FILTERS.get(name) ?? null) : null),
  groups: () => at(GROUPS),
  managed: () => at({ ...NONE, v4: addressSet('v4', ['10.0.1.1', '10.0.1.2', '10.0.2.1']) }),
};

function cases(from: string, to: string, query: ConnectionQuery) {
  return finish(
    connectionCases(finish(resolveEnd(from, 'from', FLEET)), finish(resolveEnd(to, 'to', FLEET)), query, FLEET),
  );
}
function steps(from: string, to: string, query: ConnectionQuery) {
  return cases(from, to, query).map((one) => ({
    verdict: one.verdict,
    src: one.witness.src,
    steps: one.steps.map(({ owner, chain, state, decision }) =>
      [owner?.group ?? 'unmanaged', chain, state, decision?.verdict ?? '-', decision?.outcomes[0]?.rule ?? null].join(
        ' ',
      ),
    ),
  }));
}

describe('a connection', () => {
  it('works when all four traversals accept, and tells where it does not', () => {
    const rule = '-A INPUT -p tcp -m set --match-set web_gv4 src -m tcp --dport 5432 -j ACCEPT';
    const est = '-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT';
    const found = steps('group:web', 'host:db1', { protocol: 6, port: 5432 });
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({
      verdict: 'accept',
      src: '10.0.1.1',
      steps: [
        'web OUTPUT NEW accept ',
        `db INPUT NEW accept ${rule}`,
        'db OUTPUT ESTABLISHED accept ',
        `web INPUT ESTABLISHED accept ${est}`,
      ],
    });
    // The answer to 10.0.1.2 does not get out.
    expect(found).toContainEqual({
      verdict: 'drop',
      src: '10.0.1.2',
      steps: [
        'web OUTPUT NEW accept ',
        `db INPUT NEW accept ${rule}`,
        'db OUTPUT ESTABLISHED drop -A OUTPUT -d 10.0.1.2/32 -j DROP',
      ],
    });
  });

  it('has an end that is no host of ours', () => {
    expect(steps('zone:office', 'group:db', { protocol: 6, port: 5432 })).toEqual([
      { verdict: 'drop', src: '10.9.0.1', steps: ['unmanaged OUTPUT NEW - ', 'db INPUT NEW drop '] },
    ]);
  });

  it('is answered by other ICMP types', () => {
    const asked = (icmpType: number) => steps('group:web', 'group:db', { protocol: 1, icmpType, icmpCode: 0 });
    expect(asked(8).map(({ verdict, src }) => [verdict, src])).toContainEqual(['accept', '10.0.1.1']);
    expect(asked(13).map(({ verdict }) => verdict)).toEqual(['drop', 'drop']);
    // Nothing can begin with an answer: on its own it is invalid.
    expect(asked(0).map((one) => one.steps.at(-1))).toEqual(['db INPUT INVALID drop ']);
  });

  it('all cases cover all packets, and none twice', () => {
    const all = cases('any', 'group:db', { protocol: 6 });
    const points = ['10.0.1.1', '10.0.1.2', '10.0.2.1', '10.9.0.7', '8.8.8.8'];
    for (const src of points) {
      for (const port of [22, 25, 443, 5432]) {
        const single = cases(src, '10.0.2.1', { protocol: 6, port });
        expect(single, src).toHaveLength(1);
        const hits = all.filter(
          ({ box }) =>
            box.selectors.some(([first, last]) => first <= port && port <= last) && holds(box.src, number(src)),
        );
        expect(
          hits.map(({ verdict }) => verdict),
          `${src} ${port}`,
        ).toEqual([single[0]?.verdict]);
      }
    }
  });

  it('may be asked about between hosts only', () => {
    const query = { protocol: 6, port: 7000, betweenHosts: true };
    expect(cases('host:db1', 'group:db', query)).toEqual([]);
    expect(cases('host:db1', 'group:db', { ...query, betweenHosts: false }).map(({ verdict }) => verdict)).toEqual([
      'drop',
    ]);
    // One of two: what it says to the other is left.
    const [other, ...rest] = cases('10.0.1.1', 'group:web', query);
    expect(other?.witness).toMatchObject({ src: '10.0.1.1', dst: '10.0.1.2' });
    expect(rest).toEqual([]);
    const [back] = cases('group:web', '10.0.1.1', query);
    expect(back?.witness).toMatchObject({ src: '10.0.1.2', dst: '10.0.1.1' });
    // Among hosts of a group the packet that shows it goes from one to another.
    const all = cases('group:web', 'group:web', query);
    expect(all.map(({ witness }) => [witness.src, witness.dst])).toEqual([['10.0.1.1', '10.0.1.2']]);
  });

  it('is of a host with itself where both ends have addresses of one', () => {
    const one = (from: string, to: string) =>
      isOneHost(finish(resolveEnd(from, 'from', FLEET)), finish(resolveEnd(to, 'to', FLEET)), FLEET);
    expect(one('host:db1', 'group:db')).toBe(true);
    expect(one('10.0.1.1', '10.0.1.1')).toBe(true);
    expect(one('10.0.1.1', '10.0.1.2')).toBe(false);
    expect(one('group:web', '10.0.1.2')).toBe(false);
    expect(one('any', 'host:db1')).toBe(false);
    expect(one('10.9.0.1', '10.9.0.1')).toBe(false);
  });

  it('is expected to be accepted or refused', () => {
    const both = cases('group:web', 'group:db', { protocol: 6, port: 5432 });
    expect(checkExpectation(both, 'accept')).toMatchObject({ holds: false, witness: { witness: { src: '10.0.1.2' } } });
    expect(checkExpectation(both, 'refuse')).toMatchObject({ holds: false, witness: { witness: { src: '10.0.1.1' } } });
    const one = cases('10.0.1.1', 'host:db1', { protocol: 6, port: 5432 });
    expect(checkExpectation(one, 'accept').holds).toBe(true);
    expect(checkExpectation(cases('zone:office', 'any', { protocol: 6, port: 25 }), 'refuse').holds).toBe(false);
  });

  it.each([
    ['host:db2', 'any', 404, 'from', 'there is no host "db2"'],
    ['any', 'group:mail', 404, 'to', 'there is no group "mail"'],
    ['zone:x', 'any', 404, 'from', 'there is no zone'],
    ['10.0.0', 'any', 400, 'from', 'is not "any"'],
    ['any', '2001:db8::1%eth0', 400, 'to', 'is not "any"'],
    ['10.0.0.1', '2001:db8::1', 400, 'to', 'no address of the family'],
  ])('refuses ends that are not there or never meet: %s to %s', (from, to, status, field, message) => {
    const asked = (): unknown => cases(from, to, { protocol: 6, port: 22 });
    expect(asked).toThrow(EndError);
    expect(asked).toThrow(message);
    try {
      asked();
    } catch (error) {
      expect(error).toMatchObject({ status, field });
    }
  });
});

function number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
