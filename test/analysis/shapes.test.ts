import { describe, expect, it } from 'vitest';
import {
  addressSet,
  bindRuleset,
  checkExpectation,
  connectionCases,
  countOf,
  difference,
  flowKind,
  readRuleset,
  readSets,
  resolveEnd,
  type Fleet,
  type Filter,
} from '../../src/analysis/index.js';
import { decidePacket } from '../../src/analysis/decide-packet.js';
import type { Packet } from '../../src/analysis/packet.js';
import { finish } from '../../src/firewall/finish.js';

const SETS = readSets('create lab hash:net family inet\nadd lab 10.1.0.0/16\n');

function filter(rules: readonly string[], { policy = 'DROP', chains = [] as readonly string[] } = {}): Filter {
  const text = [
    '*filter',
    `:INPUT ${policy} [0:0]`,
    ':FORWARD DROP [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...chains.map((name) => `:${name} - [0:0]`),
    ...rules,
    'COMMIT',
    '',
  ].join('\n');
  return bindRuleset(readRuleset(text, 'v4'), SETS);
}

const PACKET: Packet = {
  family: 'v4',
  chain: 'INPUT',
  interface: 'eth0',
  src: '10.1.2.3',
  dst: '192.0.2.1',
  protocol: 6,
  sport: 40_000,
  dport: 22,
  state: 'NEW',
};

/** The verdict of a packet on its own, and the same with its state and source port unknown, which asks the diagram. */
function verdicts(of: Filter, change: Partial<Packet>): readonly string[] {
  const packet = { ...PACKET, ...change };
  const { sport: _sport, ...open } = packet;
  return [decidePacket(of, packet).verdict, decidePacket(of, open).verdict];
}

/** Shapes that the compiler does not make of rules, but that its fixed lines, or hosts, have. */
describe('packets pass', () => {
  it('sets and addresses that are negated', () => {
    const ours = filter(['-A INPUT -m set ! --match-set lab src -j ACCEPT', '-A INPUT ! -s 10.1.2.0/24 -j REJECT']);
    expect(verdicts(ours, { src: '10.2.0.1' })).toEqual(['accept', 'accept']);
    expect(verdicts(ours, { src: '10.1.3.1' })).toEqual(['reject', 'reject']);
    expect(verdicts(ours, { src: '10.1.2.1' })).toEqual(['drop', 'drop']);
  });

  it('interfaces that are negated, and all whose names begin so', () => {
    const ours = filter(['-A INPUT ! -i eth+ -j REJECT', '-A INPUT -i eth0 -j ACCEPT']);
    expect(verdicts(ours, { interface: 'wlan0' })).toEqual(['reject', 'reject']);
    expect(verdicts(ours, { interface: 'eth0' })).toEqual(['accept', 'accept']);
    expect(verdicts(ours, { interface: 'eth1' })).toEqual(['drop', 'drop']);
  });

  it('chains that they jump to in one state, and RETURN to the rule behind', () => {
    const ours = filter(
      [
        '-A INPUT -m state --state NEW -j new',
        '-A INPUT -j REJECT',
        '-A INPUT -j DROP',
        '-A new -s 10.1.2.0/24 -j RETURN',
        '-A new -j ACCEPT',
      ],
      { chains: ['new'] },
    );
    expect(verdicts(ours, { src: '10.9.9.9' })).toEqual(['accept', 'accept']);
    expect(verdicts(ours, { src: '10.1.2.3' })).toEqual(['reject', 'reject']);
    expect(verdicts(ours, { src: '10.9.9.9', state: 'ESTABLISHED' })).toEqual(['reject', 'reject']);
  });
});

describe('what is not certain', () => {
  const limited = filter([
    '-A INPUT -p tcp -m connlimit --connlimit-above 3 --connlimit-mask 32 --connlimit-saddr -j REJECT --reject-with tcp-reset',
    '-A INPUT -j ACCEPT',
  ]);

  it('is accepted for no expectation, and refused for none', () => {
    expect(decidePacket(limited, PACKET)).toMatchObject({ verdict: 'depends' });

    function* at<Value>(value: Value): Generator<void, Value> {
      return value;
    }
    const none = addressSet('v4', []);
    const hosts = { v4: addressSet('v4', ['192.0.2.1']), v6: { ...none, family: 'v6' as const } };
    const fleet: Fleet = {
      host: () => ({ name: 'h', group: 'g', addresses: hosts }),
      group: () => at(undefined),
      zone: () => at(undefined),
      filter: () => at(limited),
      hostOf: () => undefined,
      groups: () => at([{ name: 'g', hosts }]),
      managed: () => at(hosts),
    };
    const ends = [finish(resolveEnd('10.1.2.3', 'from', fleet)), finish(resolveEnd('host:h', 'to', fleet))] as const;
    const cases = finish(connectionCases(...ends, { protocol: 6, port: 22 }, fleet));
    expect(cases.map(({ verdict }) => verdict)).toEqual(['depends']);
    expect(checkExpectation(cases, 'accept').holds).toBe(false);
    expect(checkExpectation(cases, 'refuse').holds).toBe(false);
    const [flow] = finish(difference(limited, filter(['-A INPUT -j ACCEPT'])));
    expect(flow && flowKind(flow)).toBe('opens');
  });

  it('is another effect where a limit stands before another that decides otherwise', () => {
    const limit = (above: number, action: string) =>
      `-A INPUT -m connlimit --connlimit-above ${above} --connlimit-mask 32 --connlimit-saddr -j ${action}`;
    const both = filter([limit(3, 'ACCEPT'), limit(5, 'DROP'), '-A INPUT -j ACCEPT']);
    expect(finish(difference(both, filter([limit(5, 'DROP'), '-A INPUT -j ACCEPT'])))).not.toEqual([]);
    // Of one whose verdict is that of all behind it nothing can be seen.
    expect(
      finish(
        difference(both, filter([limit(3, 'ACCEPT'), limit(5, 'DROP'), limit(9, 'ACCEPT'), '-A INPUT -j ACCEPT'])),
      ),
    ).toEqual([]);
  });
});

describe('flows that are merged', () => {
  it('keep all addresses of both', () => {
    const rules = (action: string) => [`-A OUTPUT -d 10.0.0.0/8 -j ${action}`, '-A OUTPUT -d 10.1.0.0/16 -j DROP'];
    const flows = finish(difference(filter(rules('REJECT')), filter(rules('DROP'))));
    expect(flows.map(({ box }) => countOf(box.dst))).toEqual([2n ** 24n]);
  });

  it('never make ports of one protocol the types of another', () => {
    const rules = [
      '-A INPUT -p tcp -m tcp --dport 2048:2303 -j ACCEPT',
      '-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT',
    ];
    const flows = finish(difference(filter(rules), filter(rules, { policy: 'ACCEPT' })));
    const some = flows.filter(({ box }) => box.selectors.length > 1);
    expect(some.map(({ box }) => [box.protocols[6], box.protocols[1]]).sort()).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});
