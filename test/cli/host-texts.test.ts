import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCliInProcess } from '../support/run-cli-in-process.js';

const directory = mkdtempSync(join(tmpdir(), 'host-texts-'));
afterAll(() => rmSync(directory, { recursive: true }));
let made = 0;
function file(content: unknown): string {
  made += 1;
  const path = join(directory, `file-${made}`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** What `iptables-save` printed of hosts with chains of fail2ban, kube-proxy, ufw, docker and firewalld. */
function saved(name: string): string {
  return new URL(`../analysis/host-texts/${name}`, import.meta.url).pathname;
}

const BASE = { chain: 'INPUT', in: 'eth0', src: '10.9.9.9', dst: '192.0.2.1', state: 'NEW', sport: 40000 };
const SSH = { ...BASE, protocol: 'tcp', dport: 22 };

interface Answer {
  readonly verdict: string;
  readonly rule?: string | null;
  readonly outcomes?: readonly { readonly verdict: string; readonly rule: string | null }[];
}

async function explain(rules: string, packets: readonly object[], ...more: readonly string[]) {
  const run = await runCliInProcess(['explain', '--rules', rules, '--packets', file(packets), ...more]);
  return { ...run, answers: run.out === '' ? [] : (JSON.parse(run.out) as Answer[]) };
}

describe.each([['iptables-legacy-c.save'], ['iptables-nft.save']])('explain of a host: %s', (name) => {
  it('is exact where all lines on the way are understood', async () => {
    const run = await explain(
      saved(name),
      [
        { ...SSH, src: '198.51.100.7' },
        { ...BASE, in: 'lo', protocol: 'udp', dport: 99, src: '10.0.0.1', dst: '10.0.0.1' },
        { ...BASE, chain: 'OUTPUT', in: undefined, out: 'eth0', protocol: 'tcp', dport: 25 },
      ],
      '--foreign',
    );
    expect(run.answers[0]).toEqual({
      verdict: 'reject',
      rule: '-A f2b-sshd -s 198.51.100.7/32 -j REJECT --reject-with icmp-port-unreachable',
    });
    // A packet with a mark of kube-proxy is dropped before.
    expect(run.answers[1]).toMatchObject({
      verdict: 'unknown',
      outcomes: [{ verdict: 'unknown' }, { verdict: 'accept', rule: '-A ufw-before-input -i lo -j ACCEPT' }],
    });
    expect(run.answers[2]).toEqual({ verdict: 'accept', rule: null });
  });

  it('says of every answer that could pass through what is not understood that it is unknown, with exit code 3', async () => {
    const run = await explain(saved(name), [SSH, { ...SSH, state: 'ESTABLISHED' }], '--foreign');
    expect(run.code).toBe(3);
    const [ssh, answer] = run.answers;
    expect(ssh?.verdict).toBe('unknown');
    const unknown = ssh?.outcomes?.filter(({ verdict }) => verdict === 'unknown').map(({ rule }) => rule);
    expect(unknown).toEqual([
      '-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x8000/0x8000 -j DROP',
      '-A ufw-before-input -m addrtype --dst-type LOCAL -j RETURN',
      '-A ufw-before-input -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT',
      '-A ufw-before-input -m pkttype --pkt-type multicast -j ACCEPT',
      '-A ufw-before-input -j NFQUEUE --queue-num 3',
      '-A ufw-before-input -m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT',
      '-A ufw-before-input -s 10.0.0.0/255.255.0.255 -j ACCEPT',
    ]);
    expect(ssh?.outcomes?.at(-1)).toEqual({ verdict: 'drop', rule: null });
    expect(answer?.outcomes?.map(({ verdict }) => verdict)).toEqual(['unknown', 'accept']);
    expect(run.err).toContain('is out of scope: the match -m mark is not understood: -A KUBE-FIREWALL');
    // Lines that only note a packet, and those that no packet of INPUT or OUTPUT comes to, are no doubt.
    expect(run.err).not.toMatch(/-j LOG|-j MARK|-A DOCKER|-A FORWARD/);
  });

  it('without --foreign is an error that names line and reason', async () => {
    const run = await explain(saved(name), [SSH]);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toMatch(/line \d+: /);
  });
});

describe('explain of a host', () => {
  it('with sets of other programs: those of times and ports are out of scope, others count', async () => {
    const packet = { ...SSH, src: '2001:db8:1::5', dst: '2001:db8::1' };
    const run = await explain(
      saved('ip6tables-nft.save'),
      [packet],
      '--foreign',
      '--sets',
      saved('ip6tables-nft.sets'),
    );
    expect(run.code).toBe(3);
    expect(run.answers[0]?.outcomes?.map(({ verdict, rule }) => [verdict, rule?.split(' ')[1]])).toEqual([
      ['unknown', 'INPUT_direct'],
      ['unknown', 'INPUT_direct'],
      ['accept', 'IN_public'],
    ]);
    expect(run.err).toContain('set f2b-sshd: timeout of an entry is not understood');
    const other = { ...packet, protocol: 'udp', dport: 546, dst: 'fe80::1' };
    const direct = await explain(
      saved('ip6tables-nft.save'),
      [other],
      '--foreign',
      '--sets',
      saved('ip6tables-nft.sets'),
    );
    expect(direct.answers[0]?.outcomes?.at(-1)?.rule).toContain('-A IN_public -d fe80::/64');
  });

  it.each([
    ['# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n'],
    ["# Table `firewalld' is incompatible, use 'nft' tool.\n"],
  ])('says that the host filters elsewhere too: %s', async (remark) => {
    const rules = `${remark}*filter\n:INPUT ACCEPT [3:180]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n`;
    const run = await explain(file(rules), [SSH], '--foreign');
    expect(run).toMatchObject({ code: 3, answers: [{ verdict: 'accept', rule: null }] });
    expect(run.err).toContain('line 1 is out of scope: the host filters with other tables too');
  });

  it('refuses a sequence whose limits would remember what nobody knows', async () => {
    const run = await explain(saved('iptables-nft.save'), [{ at_ms: 0, packet: SSH }], '--foreign');
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('in a sequence every line must be understood');
  });

  it('a text of ours says the same with and without --foreign', async () => {
    const rules = new URL('../golden/packets/rules/', import.meta.url);
    const vectors = JSON.parse(readFileSync(new URL('../golden/packets/vectors.json', import.meta.url), 'utf8')) as {
      readonly rules: string;
      readonly sets: string;
      readonly packet: object;
    }[];
    const of = vectors.filter((vector) => vector.rules === vectors[0]?.rules);
    const files = ['--sets', new URL(`../${of[0]?.sets}`, rules).pathname];
    const path = new URL(`../${of[0]?.rules}`, rules).pathname;
    const packets = of.map(({ packet }) => packet);
    const [plain, foreign] = [
      await explain(path, packets, ...files),
      await explain(path, packets, ...files, '--foreign'),
    ];
    expect(foreign).toMatchObject({ code: 0, err: '', out: plain.out });
  });
});

describe('diff of hosts', () => {
  const legacy = saved('iptables-legacy-c.save');
  const text = readFileSync(legacy, 'utf8');

  it('counters and other tables make no difference; lines out of scope are taken to do the same', async () => {
    const counted = file(text.replaceAll('[0:0] -A', '[17:1020] -A').replace(/\*nat[^]*?COMMIT\n/, ''));
    const run = await runCliInProcess(['diff', '--before', legacy, '--after', counted, '--foreign']);
    expect(run).toMatchObject({
      code: 3,
      out: 'no difference in effect, if lines out of scope do the same where they are the same\n',
    });
    expect(run.err).toContain('is out of scope: the match -m mark is not understood');
  });

  it('a change behind lines out of scope is a change, never an opening or closing', async () => {
    const changed = file(
      text.replace('-p icmp -m icmp --icmp-type 8 -j ACCEPT', '-p icmp -m icmp --icmp-type 8 -j DROP'),
    );
    const run = await runCliInProcess(['diff', '--before', legacy, '--after', changed, '--foreign', '--json']);
    expect(run.code).toBe(2);
    const found = JSON.parse(run.out) as Record<string, { [key: string]: unknown }[] & { before: unknown[] }>;
    expect(found).toMatchObject({ opens: [], closes: [] });
    expect(found['changes']).not.toEqual([]);
    const unsure = {
      protocol: 'icmp',
      before: 'unknown',
      after: 'unknown',
      before_outcomes: expect.any(Array) as unknown,
    };
    for (const flow of found['changes'] ?? []) expect(flow).toMatchObject(unsure);
    expect(found['out_of_scope']?.before.length).toBeGreaterThan(5);
  });

  it('a line that is not understood closes nothing for certain', async () => {
    const before = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    const after = before.replace('COMMIT', '-A INPUT -p udp -m mark --mark 0x1 -j DROP\nCOMMIT');
    const run = await runCliInProcess([
      'diff',
      '--before',
      file(before),
      '--after',
      file(after),
      '--foreign',
      '--json',
    ]);
    expect(run.code).toBe(2);
    expect(JSON.parse(run.out)).toMatchObject({
      opens: [],
      closes: [],
      changes: [{ protocol: 'udp', before: 'accept', after: 'unknown', after_outcomes: [{}, { verdict: 'accept' }] }],
      out_of_scope: { before: [], after: [{ line_number: 5 }] },
    });
  });

  it('a change before them is exact', async () => {
    const changed = file(text.replace('198.51.100.7/32', '198.51.100.8/32'));
    const run = await runCliInProcess(['diff', '--before', legacy, '--after', changed, '--foreign']);
    expect(run.code).toBe(2);
    expect(run.out).toContain('198.51.100.8');
  });
});
