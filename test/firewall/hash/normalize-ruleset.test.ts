import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agentRulesetHash,
  normalizeRuleset,
  normalizeRulesetAsAgent,
  rulesetHash,
} from '../../../src/firewall/iptables/normalize-ruleset.js';
import { EMPTY_HASH } from '../../../src/firewall/hash/sha256.js';
import { goldenCases } from '../../support/golden-cases.js';

describe('normalizeRuleset: vectors of the old server', () => {
  const cases = goldenCases<{ text: string }, { normalized: string; hash: string }>('hashes.json').filter(
    (item) => item.kind === 'rulesetHash',
  );
  it.each(cases.map((item) => [item.name, item] as const))('%s', (_name, { input, output }) => {
    expect(normalizeRuleset(input.text)).toBe(output.normalized);
    expect(rulesetHash(input.text)).toBe(output.hash);
  });
});

/** The steps of docs/protocol.md#rulesets-before-hashing, word by word and slow. */
function byTheBook(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replace(/(:[^\n]*) \[[^\n]*\]/g, '$1 [0:0]')
    .split('\n')
    .map((line) => line.replace(/["']/g, '').replace(/ +$/, ''))
    .map((line) => (line.startsWith('-A DOCKER') || line.startsWith(':DOCKER') ? '' : line))
    .map((line) =>
      line.startsWith('-A FORWARD') && line !== '-A FORWARD -j REJECT --reject-with icmp-port-unreachable' ? '' : line,
    )
    .filter((line) => line !== '')
    .join('\n');
}

describe('normalizeRuleset', () => {
  it('does what the steps of the protocol say, for any text', () => {
    const piece = fc.constantFrom(':', ' [', ']', ' ', '"', "'", '\n', '#', '-A FORWARD', '-A DOCKER', 'x', '\r', 'é');
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (sample) => {
        expect(normalizeRuleset(sample)).toBe(byTheBook(sample));
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps a carriage return and a tab at the end of a line', () => {
    expect(normalizeRuleset('COMMIT\r\nx\t \n')).toBe('COMMIT\r\nx\t');
  });

  it('hashes bytes, not characters', () => {
    expect(rulesetHash('-A INPUT -m comment --comment café')).toBe(
      '16cf71298d9fbb4679b4fd4c3d157435260b173fe97e0b6b66692717e982d88a',
    );
  });

  it('takes long hostile lines in linear time', () => {
    const colons = ':'.repeat(2_000_000);
    expect(normalizeRuleset(`${colons}${' '.repeat(2_000_000)}x`)).toHaveLength(4_000_001);
  });
});

describe('agentRulesetHash', () => {
  it.each([
    [
      [
        '*filter',
        ':INPUT DROP [0:0]',
        ':FORWARD DROP [0:0]',
        ':OUTPUT ACCEPT [0:0]',
        '-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT',
        '-A INPUT -i lo -m comment --comment "local any" -j ACCEPT',
        '-A INPUT -p tcp -m set --match-set web_gv4 src -m tcp --dport 22 -m comment --comment ssh -j ACCEPT',
        '-A FORWARD -j REJECT --reject-with icmp-port-unreachable',
        'COMMIT',
      ],
      '9964a58d594095b66278623e06cea4d9f11e258a2f6c77de321c0ec8c8c73b30',
    ],
    [
      ['*filter', ':INPUT DROP [0:0]', '-A FORWARD -j REJECT --reject-with icmp6-port-unreachable', 'COMMIT'],
      'd04689882bef5e1b6fd0e47cc6077e631fb8d31bfd476e39a60a6199e0fef6d0',
    ],
    [
      ['cat: /etc/dog/ip4tables_iptables.txt: No such file or directory', ''],
      '52751b4c1fbf20f07368b909dbc2f9fb16d73cef9573ef130ee12e0a4eae5ca1',
    ],
    [[''], EMPTY_HASH],
  ])('agrees with what real agents reported', (lines, hash) => {
    expect(agentRulesetHash(lines.join('\n'))).toBe(hash);
    expect(rulesetHash(lines.join('\n'))).toBe(hash);
  });

  it('drops the lines of the LXD bridge and leading blanks, which the server keeps', () => {
    const text = '  -A INPUT -i lxdbr0 -j ACCEPT\n-A INPUT -i lxdbr0 -j ACCEPT\n -A INPUT -j DROP';
    expect(normalizeRulesetAsAgent(text)).toBe('-A INPUT -j DROP');
    expect(normalizeRuleset(text)).toBe(text);
  });
});
