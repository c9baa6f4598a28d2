import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCliInProcess } from '../support/run-cli-in-process.js';

const directory = mkdtempSync(join(tmpdir(), 'analysis-'));
afterAll(() => rmSync(directory, { recursive: true }));

const golden = new URL('../golden/packets/', import.meta.url);
let made = 0;
function file(content: unknown): string {
  made += 1;
  const path = join(directory, `file-${made}`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
function goldenFile(name: string): string {
  return new URL(name, golden).pathname;
}
function json(name: string): readonly Record<string, unknown>[] {
  return JSON.parse(readFileSync(goldenFile(name), 'utf8')) as Record<string, unknown>[];
}

function byRules(vectors: readonly Record<string, unknown>[]): ReadonlyMap<string, Record<string, unknown>[]> {
  const found = new Map<string, Record<string, unknown>[]>();
  for (const vector of vectors) {
    const rules = vector['rules'] as string;
    found.set(rules, [...(found.get(rules) ?? []), vector]);
  }
  return found;
}

function ruleset(input: readonly string[], output: readonly string[] = []): string {
  const lines = [...input.map((rule) => `-A INPUT ${rule}`), ...output.map((rule) => `-A OUTPUT ${rule}`)];
  return [
    '*filter',
    ':INPUT DROP [0:0]',
    ':FORWARD DROP [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...lines,
    '-A FORWARD -j REJECT --reject-with icmp-port-unreachable',
    'COMMIT',
    '',
  ].join('\n');
}
const SETS = 'create office_zv4 hash:net family inet -exist\nadd office_zv4 10.1.0.0/16\nadd office_zv4 10.3.0.7\n';
const SSH = {
  chain: 'INPUT',
  in: 'eth0',
  src: '10.1.2.3',
  dst: '192.0.2.1',
  protocol: 'tcp',
  sport: 40000,
  dport: 22,
  state: 'NEW',
};

describe('dog-trainer explain', () => {
  it.each([['services'], ['recent-drop'], ['docker'], ['icmp']])('answers as the kernel did: %s', async (policy) => {
    const vectors = json('vectors.json').filter(({ rules }) => (rules as string).startsWith(`rules/${policy}.`));
    for (const [rules, group] of byRules(vectors)) {
      const packets = file(group.map(({ packet }) => packet));
      const sets = goldenFile(group[0]?.['sets'] as string);
      const run = await runCliInProcess([
        'explain',
        '--rules',
        goldenFile(rules),
        '--sets',
        sets,
        '--packets',
        packets,
      ]);
      expect(run).toMatchObject({ code: 0, err: '' });
      const wanted = group.map(({ verdict, rule, outcomes }) =>
        outcomes === undefined ? { verdict, rule } : { verdict, outcomes },
      );
      expect(JSON.parse(run.out)).toEqual(wanted);
    }
  });

  it('takes a sequence, in which limits remember', async () => {
    const [one] = json('sequences.json');
    const sequence = one?.['sequence'] as Record<string, unknown>[];
    const run = await runCliInProcess([
      'explain',
      ...['--rules', goldenFile(one?.['rules'] as string), '--sets', goldenFile(one?.['sets'] as string)],
      ...['--packets', file(sequence.map(({ at_ms, packet }) => ({ at_ms, packet })))],
    ]);
    expect(JSON.parse(run.out)).toEqual(sequence.map(({ verdict, rule }) => ({ verdict, rule })));
  });

  it('gives every case of what is not known of a packet', async () => {
    const rules = file(
      ruleset(['-i lo -j ACCEPT', '-i eth+ -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset']),
    );
    const { in: _in, ...anywhere } = SSH;
    const run = await runCliInProcess(['explain', '--rules', rules, '--packets', file([anywhere, SSH])]);
    expect(JSON.parse(run.out)).toEqual([
      {
        verdict: 'depends',
        outcomes: [
          { verdict: 'accept', rule: '-A INPUT -i lo -j ACCEPT' },
          { verdict: 'reject', rule: '-A INPUT -i eth+ -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset' },
          { verdict: 'drop', rule: null },
        ],
      },
      { verdict: 'reject', rule: '-A INPUT -i eth+ -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset' },
    ]);
  });

  it.each([
    [ruleset(['-m bpf --bytecode x -j DROP']), SETS, [SSH], 'line 5: the match -m bpf is not understood'],
    [ruleset(['-j fail2ban']), SETS, [SSH], 'line 5: the target fail2ban is not understood'],
    [ruleset(['-p tcp -m tcp --dport ssh -j DROP']), SETS, [SSH], 'line 5: "ssh" is not a list of ports'],
    [ruleset(['-m set --match-set web_gv4 src -j DROP']), SETS, [SSH], 'line 5: the set web_gv4 does not exist'],
    [ruleset([]).replace('COMMIT', ''), SETS, [SSH], 'no whole table'],
    [ruleset([]), `${SETS}add web_gv4 10.0.0.1\n`, [SSH], 'line 4: set "web_gv4" does not exist'],
    [ruleset([]), 'create a hash:net family inet\nadd a 10.0.0.300\n', [SSH], 'line 2'],
    [ruleset([]), SETS, [{ ...SSH, dport: 65536 }], 'packets[0].dport must be a whole number from 0 to 65535'],
    [ruleset([]), SETS, [SSH, { ...SSH, protocol: 'tpc' }], 'packets[1].protocol'],
    [ruleset([]), SETS, [{ ...SSH, src: '10.1.2' }], 'packets[0].src'],
    [ruleset([]), SETS, [{ ...SSH, chain: 'FORWARD' }], 'packets[0].chain must be INPUT or OUTPUT'],
    [ruleset([]), SETS, [{ ...SSH, port: 22 }], 'packets[0].port is not known'],
    [ruleset([]), SETS, '[', 'is not JSON'],
    [ruleset([]), SETS, {}, 'give a JSON array'],
  ])('says what cannot be read, and prints nothing: %#', async (rules, sets, packets, reason) => {
    const run = await runCliInProcess([
      'explain',
      '--rules',
      file(rules),
      '--sets',
      file(sets),
      '--packets',
      file(packets),
    ]);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain(reason);
  });
});

describe('dog-trainer diff', () => {
  async function diff(before: string, after: string, ...more: string[]) {
    return runCliInProcess(['diff', '--before', file(before), '--after', file(after), ...more]);
  }

  it('finds none where two texts differ only in form', async () => {
    const ssh = '-p tcp -m tcp --dport 22 -j ACCEPT';
    const dns =
      '-p udp -m udp --dport 53 -m comment --comment "name service" -j REJECT --reject-with icmp-port-unreachable';
    const before = ruleset([ssh, dns]);
    const after = ruleset([dns, ssh, '-p tcp -m multiport --dports 22 -j DROP', '-j DROP'], ['-j ACCEPT']);
    expect(await diff(before, after)).toEqual({ code: 0, out: 'no difference in effect\n', err: '' });
  });

  it('says what opens and closes, with a packet that shows it', async () => {
    const before = ruleset(['-p tcp -m set --match-set office_zv4 src -m tcp --dport 22 -j ACCEPT']);
    const after = ruleset(['-p tcp -m multiport --dports 22,443 -m state --state NEW -j ACCEPT']);
    const sets = ['--before-sets', file(SETS)];
    const run = await diff(before, after, ...sets, '--json');
    expect(run.code).toBe(2);
    const { opens, closes, changes } = JSON.parse(run.out) as Record<string, Record<string, unknown>[]>;
    expect(opens).toMatchObject([
      {
        direction: 'inbound',
        protocol: 'tcp',
        ports: '22',
        state: 'NEW',
        before: 'drop',
        after: 'accept',
        before_rule: null,
      },
      { ports: '443', peer: { addresses: ['0.0.0.0/0'], count: '4294967296' }, witness: { dport: 443, state: 'NEW' } },
    ]);
    expect(closes).toMatchObject([
      {
        ports: '22',
        state: 'INVALID,RELATED,ESTABLISHED,UNTRACKED',
        peer: { addresses: ['10.1.0.0/16', '10.3.0.7'], count: '65537' },
        witness: { src: '10.1.0.1', dport: 22, state: 'ESTABLISHED' },
      },
    ]);
    expect(changes).toEqual([]);
    const words = await diff(before, after, ...sets);
    expect(words.out).toContain('opens: inbound from anyone (IPv4): tcp port 443, state NEW');
    expect(words.out).toContain('before: accept by line 5:');
  });

  it('sees a set that changed, and how packets are rejected', async () => {
    const rules = ruleset(['-m set --match-set office_zv4 src -j ACCEPT']);
    const sets = ['--before-sets', file(SETS), '--after-sets', file(SETS.replace('10.3.0.7', '10.3.0.8'))];
    const run = await diff(rules, rules, ...sets, '--json');
    expect(run.code).toBe(2);
    expect(JSON.parse(run.out)).toMatchObject({
      opens: [{ peer: { addresses: ['10.3.0.8'], count: '1' } }],
      closes: [{ peer: { addresses: ['10.3.0.7'], count: '1' } }],
    });
    const port = ruleset(['-p tcp -j REJECT --reject-with icmp-port-unreachable']);
    const reset = ruleset(['-p tcp -j REJECT --reject-with tcp-reset']);
    expect((await diff(port, reset)).out).toContain('changes: inbound from anyone (IPv4): tcp');
  });

  it('says what cannot be read', async () => {
    const run = await diff(ruleset([]), ruleset(['-j']));
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('line 5');
    const six = readFileSync(goldenFile('rules/icmp.ipsets.v6.dog2.txt'), 'utf8');
    const sets = goldenFile('sets/icmp.dog2.txt');
    expect((await diff(ruleset([]), six, '--after-sets', sets)).err).toContain('is of v4');
  });
});
