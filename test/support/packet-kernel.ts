import { spawn } from 'node:child_process';
import type { Packet, State } from '../../src/analysis/packet.js';
import { STATES } from '../../src/analysis/packet.js';
import type { Backend, Oracle } from './kernel-oracle.js';
import { type Flags, frame, ipPacket } from './raw-packet.js';

/**
 * The real kernel as judge of single packets: frames come in over virtual cables from a second namespace, packets go
 * out through a raw socket. A table that changes nothing but what is not ours counts each packet by its connection
 * state just before the filter table; the deciding line comes from the counters of the rules.
 */

/** What the kernel did. `rule` null: the chain's policy. */
export interface Judged {
  readonly state: State;
  readonly verdict: 'accept' | 'drop' | 'reject';
  readonly rule: string | null;
}

export const INTERFACES = ['eth0', 'bond0.100', 'tun0', 'abcdefghijklmno', 'ens3'] as const;
/** The host's own addresses, to which packets come in. */
export const OWN = { v4: '192.0.2.1', v6: '2001:db8::1' } as const;
const MARK = 119;
const MAC = Buffer.from('020000000001', 'hex');

function run(
  command: string,
  args: readonly string[],
  stdin: Buffer | string = '',
): Promise<{ ok: boolean; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    child.on('error', reject);
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => resolve({ ok: code === 0, out, err }));
    child.stdin.end(stdin);
  });
}

async function must(command: string, ...args: readonly string[]): Promise<string> {
  const { ok, out, err } = await run(command, args);
  if (!ok) throw new Error(`${command} ${args.join(' ')}: ${err}`);
  return out;
}

/** Counts by state before the filter table; only packets of ours leave. */
function countingTable(version: 'v4' | 'v6'): string {
  const icmp = version === 'v4' ? 'icmp' : 'ipv6-icmp';
  const counting = (chain: string): string =>
    STATES.map((state) => `-A ${chain} -m conntrack --ctstate ${state} -m comment --comment seen-${state}\n`).join('');
  return [
    '*mangle\n',
    ':PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n',
    '-A PREROUTING -m comment --comment arrived\n',
    counting('INPUT'),
    `-A OUTPUT -m mark ! --mark ${MARK} -j DROP\n`,
    counting('OUTPUT'),
    `-A POSTROUTING -p ${icmp} -j ACCEPT\n`,
    'COMMIT\n',
  ].join('');
}

/** A packet to be sent; `first` goes before everything else, unfiltered. */
export interface Trial {
  readonly packet: Packet;
  readonly flags: Flags;
  readonly first?: Packet;
}

/** A chain's rules with their packets. */
interface Counted {
  readonly rules: readonly { readonly text: string; readonly packets: number }[];
  readonly policy: 'accept' | 'drop';
}

function counted(saved: string, table: string, chain: string): Counted {
  const start = saved.indexOf(`*${table}\n`);
  const rules: { text: string; packets: number }[] = [];
  let policy: Counted['policy'] = 'accept';
  for (const line of saved.slice(start, saved.indexOf('\nCOMMIT', start)).split('\n')) {
    if (line.startsWith(`:${chain} `)) policy = line.startsWith(`:${chain} DROP`) ? 'drop' : 'accept';
    const rule = /^\[(\d+):\d+\] (-A (\S+) .*)$/.exec(line);
    if (rule !== null && rule[3] === chain) rules.push({ text: rule[2] as string, packets: Number(rule[1]) });
  }
  return { rules, policy };
}

/** Places of rules that counted a packet between two looks. */
function rose(before: Counted, after: Counted): readonly number[] {
  return [...after.rules.keys()].filter((at) => after.rules[at]?.packets !== before.rules[at]?.packets);
}

const DECIDES = /-j (ACCEPT|DROP|REJECT)(?: --reject-with \S+)?$/;
const TARGETS = { ACCEPT: 'accept', DROP: 'drop', REJECT: 'reject' } as const;

function judgedBy(before: string, after: string, text: string, chain: Packet['chain']): Judged | undefined {
  const seen = counted(after, 'mangle', chain);
  const states = rose(counted(before, 'mangle', chain), seen)
    .map((at) => /seen-(\S+)$/.exec(seen.rules[at]?.text ?? '')?.[1])
    .filter((state) => state !== undefined);
  const state = STATES.find((one) => one === states[0]);
  if (states.length !== 1 || state === undefined) return undefined;
  const filter = counted(after, 'filter', chain);
  // nft counts no packets of a policy: it decides where no rule with a verdict has counted one.
  const place = rose(counted(before, 'filter', chain), filter).findLast((at) =>
    DECIDES.test(filter.rules[at]?.text ?? ''),
  );
  if (place === undefined) return { state, verdict: filter.policy, rule: null };
  const target = DECIDES.exec(filter.rules[place]?.text ?? '')?.[1] as keyof typeof TARGETS;
  const lines = text.split('\n').filter((line) => line.startsWith(`-A ${chain} `));
  return { state, verdict: TARGETS[target], rule: lines[place] as string };
}

export class PacketKernel {
  readonly #oracle: Oracle;
  readonly #peer: string;

  private constructor(oracle: Oracle) {
    this.#oracle = oracle;
    this.#peer = `${oracle.namespace}-p`;
  }

  /** Joins a second namespace to the oracle's; close it before the oracle. */
  static async over(oracle: Oracle): Promise<PacketKernel> {
    const kernel = new PacketKernel(oracle);
    const { namespace } = oracle;
    await must('ip', 'netns', 'add', kernel.#peer);
    // The other end says nothing of itself.
    await must('ip', 'netns', 'exec', kernel.#peer, 'sysctl', '-q', '-w', 'net.ipv6.conf.default.disable_ipv6=1');
    const inside = (...args: readonly string[]): Promise<string> => must('ip', 'netns', 'exec', namespace, ...args);
    await inside('ip', 'link', 'set', 'lo', 'up');
    for (const key of ['rp_filter=0', 'accept_local=1', 'route_localnet=1']) {
      await inside('sysctl', '-q', '-w', `net.ipv4.conf.all.${key}`, `net.ipv4.conf.default.${key}`);
    }
    await inside('sysctl', '-q', '-w', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0');
    for (const [at, name] of INTERFACES.entries()) {
      const ends = ['type', 'veth', 'peer', 'name', `p${at}`, 'netns', kernel.#peer];
      await must('ip', '-n', namespace, 'link', 'add', name, 'address', '02:00:00:00:00:01', ...ends);
      await must('ip', '-n', namespace, 'link', 'set', name, 'up');
      await must('ip', '-n', kernel.#peer, 'link', 'set', `p${at}`, 'up');
      for (const family of ['-4', '-6']) {
        await must('ip', '-n', namespace, family, 'route', 'add', 'default', 'dev', name, 'metric', `${100 + at}`);
      }
    }
    await must('ip', '-n', namespace, 'addr', 'add', `${OWN.v4}/32`, 'dev', 'lo');
    await must('ip', '-n', namespace, '-6', 'addr', 'add', `${OWN.v6}/128`, 'dev', 'lo');
    for (const version of ['v4', 'v6'] as const) await kernel.#count(version, oracle.backends[0] as Backend);
    // Only now there are these settings: they come with connection tracking.
    await inside(
      'sysctl',
      '-q',
      '-w',
      'net.netfilter.nf_conntrack_checksum=0',
      'net.netfilter.nf_conntrack_tcp_loose=0',
    );
    return kernel;
  }

  /** Counts in the back end that holds the rules, so that one look shows both. */
  async #count(version: 'v4' | 'v6', backend: Backend): Promise<void> {
    const loaded = await this.#oracle.loadRuleset(countingTable(version), version, backend);
    if (!loaded.ok) throw new Error(loaded.message);
  }

  #saved(version: 'v4' | 'v6', backend: Backend): Promise<string> {
    const tool = `${version === 'v4' ? 'iptables' : 'ip6tables'}-${backend}-save`;
    return must('ip', 'netns', 'exec', this.#oracle.namespace, tool, '-c');
  }

  /** Puts a packet on the way, without looking. */
  async send(packet: Packet, flags: Flags): Promise<void> {
    const { interface: device = 'eth0', family, chain, dst } = packet;
    if (chain === 'OUTPUT') {
      const goal = family === 'v4' ? `IP4-SENDTO:${dst}:255` : `IP6-SENDTO:[${dst}]:255`;
      const options = `so-bindtodevice=${device},setsockopt-int=1:36:${MARK},so-broadcast`;
      const { namespace } = this.#oracle;
      await run('ip', ['netns', 'exec', namespace, 'socat', '-u', '-', `${goal},${options}`], ipPacket(packet, flags));
      return;
    }
    const lo = device === 'lo';
    const [namespace, from] = lo
      ? [this.#oracle.namespace, 'lo']
      : [this.#peer, `p${INTERFACES.indexOf(device as 'eth0')}`];
    const bytes = frame(packet, flags, lo ? Buffer.alloc(6) : MAC);
    const { ok, err } = await run('ip', ['netns', 'exec', namespace, 'socat', '-u', '-', `INTERFACE:${from}`], bytes);
    if (!ok) throw new Error(err);
  }

  /**
   * Loads a text and sends packets one after the other; tells what became of each. `undefined`: it never came as far as
   * the filter table. What a packet answers goes before, while nothing is filtered.
   */
  async judge(
    text: string,
    family: 'v4' | 'v6',
    backend: Backend,
    trials: readonly Trial[],
  ): Promise<(Judged | undefined)[]> {
    const empty = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    for (const table of [countingTable(family), empty]) {
      const loaded = await this.#oracle.loadRuleset(table, family, backend);
      if (!loaded.ok) throw new Error(loaded.message);
    }
    for (const { first } of trials) if (first !== undefined) await this.send(first, 'syn');
    const loaded = await this.#oracle.loadRuleset(text, family, backend);
    if (!loaded.ok) throw new Error(`${loaded.message}\n${text}`);
    let before = await this.#saved(family, backend);
    const found: (Judged | undefined)[] = [];
    for (const { packet, flags } of trials) {
      await this.send(packet, flags);
      let after = await this.#saved(family, backend);
      if (packet.chain === 'INPUT') {
        const arrived = (saved: string): number => counted(saved, 'mangle', 'PREROUTING').rules[0]?.packets ?? 0;
        while (arrived(after) === arrived(before)) after = await this.#saved(family, backend);
        // Seen on its way in, it may not have come to its end yet.
        after = await this.#saved(family, backend);
      }
      found.push(judgedBy(before, after, text, packet.chain));
      before = after;
    }
    await this.#oracle.loadRuleset(empty, family, backend);
    return found;
  }

  async close(): Promise<void> {
    await run('ip', ['netns', 'del', this.#peer]);
  }
}
