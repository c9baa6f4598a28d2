import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentHash, normalizeAgentRuleset, normalizeAgentSets, throughEcho } from '../../src/sim/agent-normalize.js';
import { agentHashes } from '../../src/sim/agent-hashes.js';
import { SimKernel } from '../../src/sim/kernel/sim-kernel.js';
import { goldenCases } from '../support/golden-cases.js';
import { isFaithful } from '../support/golden-faithful.js';

const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const DEFAULT = { enforcing: true, useIpsets: true };

interface HashInput {
  readonly text: string;
}
interface HashOutput {
  readonly hash: string;
  readonly normalized: string;
}
interface RulesetInput {
  readonly version: 'v4' | 'v6';
}
interface TextOutput {
  readonly text?: string;
  readonly hash?: string;
}

/**
 * Agents hash characters, so that other texts differ from the server's hash on every host (docs/protocol.md#hashes).
 */
function isAscii(text: string | undefined): boolean {
  return text !== undefined && [...text].every((character) => character <= '\u007f');
}

describe('normalising as agents do', () => {
  // The agent strips any white space at the end of a line, the server blanks only: this case holds a tab.
  const serverOnly = new Set(['hash/ruleset-blanks']);
  const cases = goldenCases<HashInput, HashOutput>('hashes.json').filter(({ name }) => !serverOnly.has(name));

  it.each(cases)('agrees with the server on $name', ({ kind, input, output }) => {
    const normalized = kind === 'ipsetHash' ? normalizeAgentSets(input.text) : normalizeAgentRuleset(input.text);
    expect(normalized).toBe(output.normalized);
    expect(agentHash(normalized)).toBe(output.hash);
  });

  it('strips white space of both kinds at both ends', () => {
    expect(normalizeAgentRuleset(' \t-A INPUT -j ACCEPT\t \n   \nCOMMIT')).toBe('-A INPUT -j ACCEPT\nCOMMIT');
  });

  it('ignores what lxd adds, which the server does not', () => {
    const own = '-A INPUT -i lxdbr10 -j DROP';
    const lxd = ['-A INPUT -i lxdbr0 -p tcp', '-A FORWARD -o lxdbr0 -j ACCEPT', '-A POSTROUTING -o lxdbr0 -p udp'];
    expect(normalizeAgentRuleset([...lxd, own].join('\n'))).toBe(own);
  });

  it('sorts sets before it shortens them', () => {
    const sent = normalizeAgentSets('add web_gv4n 10.0.0.0/32\nadd web_gv4n 10.0.0.0/24');
    const live = normalizeAgentSets('add web_gv4 10.0.0.0\nadd web_gv4 10.0.0.0/24');
    expect(sent).not.toBe(live);
  });

  it('hashes characters, not bytes', () => {
    expect(agentHash('caf\u00e9')).not.toBe(createHash('sha256').update('caf\u00e9').digest('hex'));
    expect(agentHash('cafe')).toBe(createHash('sha256').update('cafe').digest('hex'));
  });

  it('reads what dash echoes', () => {
    expect(throughEcho("a\\tb\\\\c\\'d\n\n\n")).toBe("a\tb\\c\\'d\n");
  });
});

describe('agentHashes', () => {
  it('are those of the captured agent before its first ruleset', () => {
    const files = new Map([
      ['ruleset4_iptables', ''],
      ['ruleset6_iptables', ''],
    ] as const);
    // test/captures/agent-ips-force.txt
    const untouched = '349a2f0e6d94a9f6a23285050421cd629e9c996efd62423166d54a7b7473ba51';
    expect(agentHashes(new SimKernel(), files, DEFAULT)).toEqual({
      hash4_ipsets: untouched,
      hash6_ipsets: untouched,
      hash4_iptables: NOTHING,
      hash6_iptables: NOTHING,
      ipset_hash: NOTHING,
    });
  });

  it('hash the complaint of cat for a file that is not there', () => {
    const { hash4_iptables } = agentHashes(new SimKernel(), new Map(), DEFAULT);
    // docs/protocol.md#vectors: a file that is missing
    expect(hash4_iptables).toBe('52751b4c1fbf20f07368b909dbc2f9fb16d73cef9573ef130ee12e0a4eae5ca1');
  });

  it('come from live text for the variant in use, from files else', () => {
    const kernel = new SimKernel();
    kernel.appendRule('inet', '-A INPUT -j ACCEPT');
    const files = new Map([
      ['ruleset4_ipset', '4i'],
      ['ruleset6_ipset', '6i'],
      ['ruleset4_iptables', '4t'],
      ['ruleset6_iptables', '6t'],
    ] as const);
    const live = agentHash(normalizeAgentRuleset(kernel.saveFilter('inet')));
    expect(agentHashes(kernel, files, DEFAULT)).toMatchObject({ hash4_ipsets: live, hash4_iptables: agentHash('4t') });
    expect(agentHashes(kernel, files, { enforcing: true, useIpsets: false })).toMatchObject({
      hash4_ipsets: agentHash('4i'),
      hash4_iptables: live,
    });
    expect(agentHashes(kernel, files, { enforcing: false, useIpsets: true })).toMatchObject({
      hash4_ipsets: agentHash('4i'),
      hash6_ipsets: agentHash('6i'),
      hash6_iptables: agentHash('6t'),
    });
  });
});

describe('golden texts, loaded and read back by a simulated host', () => {
  const rulesets = readdirSync('test/golden')
    .filter((file) => file.startsWith('rulesets-'))
    .flatMap((file) => goldenCases<RulesetInput, TextOutput>(file))
    .filter((item) => isFaithful(item) && isAscii(item.output.text));

  it('has cases', () => expect(rulesets.length).toBeGreaterThan(50));

  it.each(rulesets)('$name hashes to what the server stored', ({ input, output }) => {
    const kernel = new SimKernel();
    const [family, set] = input.version === 'v4' ? (['inet', 'inet'] as const) : (['inet6', 'inet6'] as const);
    const names = new Set([...(output.text as string).matchAll(/--match-set (\S+)/g)].map(([, name]) => name));
    for (const name of names) kernel.restoreSets(`create ${name} hash:net family ${set}`);
    expect(kernel.restoreFilter(family, output.text as string)).toBeUndefined();
    const hashes = agentHashes(kernel, new Map(), DEFAULT);
    expect(input.version === 'v4' ? hashes.hash4_ipsets : hashes.hash6_ipsets).toBe(output.hash);
  });

  const sets = goldenCases<unknown, TextOutput>('ipsets.json').filter(
    (item) => isFaithful(item) && isAscii(item.output.text),
  );

  it.each(sets)('$name hashes to what the server stored', ({ output }) => {
    const kernel = new SimKernel();
    // As the agent does it, and again: the same text must load on top of itself.
    for (let run = 0; run < 2; run++) {
      expect(kernel.restoreSets(output.text as string)).toBeUndefined();
      expect(agentHashes(kernel, new Map(), DEFAULT).ipset_hash).toBe(output.hash);
    }
  });

  const refused = goldenCases<unknown, TextOutput>('ipsets.json').filter(
    (item) => item.kernel.startsWith('rejected') && item.output.text,
  );

  it.each(refused)('$name is refused here as by the real kernel', ({ output }) => {
    expect(new SimKernel().restoreSets(output.text as string)).toBeDefined();
  });
});
