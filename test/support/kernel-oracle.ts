import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { agentRulesetHash } from '../../src/firewall/iptables/normalize-ruleset.js';

/**
 * The real kernel as judge (docs/rulesets.md#what-the-kernel-refuses): sets and rulesets are really loaded, in a
 * network namespace made for the test, and read back. The namespace of the machine itself is never touched: every tool
 * runs under `ip netns exec`. Needs root, and the Debian packages iproute2, ipset, iptables.
 */

export type Backend = 'legacy' | 'nft';
export type IpVersion = 'v4' | 'v6';

/** What a tool said. `ok`: exit 0. `message`: what it printed to standard error, trimmed. */
export interface ToolResult {
  readonly ok: boolean;
  readonly message: string;
}

/** One back end's verdict on a ruleset: `hash` is what an agent would report for the text read back (`saved`). */
export type Verdict =
  | { readonly backend: Backend; readonly ok: true; readonly saved: string; readonly hash: string }
  | { readonly backend: Backend; readonly ok: false; readonly message: string };

export interface Oracle {
  /** Name of the network namespace. */
  readonly namespace: string;
  /** The iptables back ends that work on this machine; at least one. */
  readonly backends: readonly Backend[];
  /** `ipset restore -exist`, as agents do it: stops at the first line that it refuses. */
  loadSets(text: string): Promise<ToolResult>;
  /** `ipset save`: the text that agents hash. */
  saveSets(): Promise<string>;
  /** Makes empty sets by name; the family follows the end of the name (`v4`, `v6`). */
  makeSets(names: readonly string[]): Promise<ToolResult>;
  /** `iptables-restore` or `ip6tables-restore`: a real load, it replaces the filter table. */
  loadRuleset(text: string, version: IpVersion, backend: Backend): Promise<ToolResult>;
  /** `iptables-save -t filter` or its v6 twin. */
  saveRuleset(version: IpVersion, backend: Backend): Promise<string>;
  /** Loads into every back end in turn, reads back, hashes as agents do, and empties the table again. */
  proveRuleset(text: string, version: IpVersion): Promise<Verdict[]>;
  /** Empties all filter tables, then destroys all sets. */
  reset(): Promise<void>;
  /** Removes the namespace and all that is in it. */
  close(): Promise<void>;
}

interface Ran extends ToolResult {
  readonly stdout: string;
}

function run(command: string, args: readonly string[], stdin = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    // A tool that refuses a line exits before it has read the rest: its verdict is the exit code, not the broken pipe.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => {
      resolve({
        ok: code === 0,
        stdout: Buffer.concat(out).toString('utf8'),
        message: Buffer.concat(err).toString('utf8').trim(),
      });
    });
    child.stdin.end(stdin);
  });
}

function verdictOf({ ok, message }: Ran): ToolResult {
  return { ok, message };
}

const EMPTY_TABLE = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
const VERSIONS: readonly IpVersion[] = ['v4', 'v6'];

function tool(version: IpVersion, backend: Backend, verb: 'restore' | 'save'): string {
  return `${version === 'v4' ? 'iptables' : 'ip6tables'}-${backend}-${verb}`;
}

const NAMESPACE = /^dog-oracle-(\d+)-\d+$/;
let made = 0;

/** A test process that was killed leaves its namespaces behind; the next one that starts takes them away. */
async function sweep(): Promise<void> {
  let names: string[];
  try {
    names = readdirSync('/run/netns');
  } catch {
    return; // no namespace was ever made here
  }
  for (const name of names) {
    const pid = NAMESPACE.exec(name)?.[1];
    if (pid === undefined) continue;
    try {
      process.kill(Number(pid), 0);
    } catch {
      await run('ip', ['netns', 'del', name]);
    }
  }
}

class NamespaceOracle implements Oracle {
  readonly namespace: string;
  backends: readonly Backend[] = [];
  /** Tables that may hold rules: only those need emptying. */
  readonly #used = new Set<string>();

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  #inside(args: readonly string[], stdin = ''): Promise<Ran> {
    return run('ip', ['netns', 'exec', this.namespace, ...args], stdin);
  }

  async loadSets(text: string): Promise<ToolResult> {
    return verdictOf(await this.#inside(['ipset', 'restore', '-exist'], text));
  }

  async saveSets(): Promise<string> {
    const saved = await this.#inside(['ipset', 'save']);
    if (!saved.ok) throw new Error(`ipset save failed in ${this.namespace}: ${saved.message}`);
    return saved.stdout;
  }

  makeSets(names: readonly string[]): Promise<ToolResult> {
    const lines = names.map((name) => `create ${name} hash:net family ${name.endsWith('v6') ? 'inet6' : 'inet'}\n`);
    return this.loadSets(lines.join(''));
  }

  async loadRuleset(text: string, version: IpVersion, backend: Backend): Promise<ToolResult> {
    this.#used.add(`${version} ${backend}`);
    // The lock file of legacy iptables is one for all namespaces: wait for whoever holds it.
    return verdictOf(await this.#inside([tool(version, backend, 'restore'), '-w', '60'], text));
  }

  async saveRuleset(version: IpVersion, backend: Backend): Promise<string> {
    const saved = await this.#inside([tool(version, backend, 'save'), '-t', 'filter']);
    if (!saved.ok) throw new Error(`${tool(version, backend, 'save')} failed: ${saved.message}`);
    return saved.stdout;
  }

  async proveRuleset(text: string, version: IpVersion): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const backend of this.backends) {
      const loaded = await this.loadRuleset(text, version, backend);
      if (loaded.ok) {
        const saved = await this.saveRuleset(version, backend);
        verdicts.push({ backend, ok: true, saved, hash: agentRulesetHash(saved) });
      } else {
        verdicts.push({ backend, ok: false, message: loaded.message });
      }
      await this.#empty(version, backend);
    }
    return verdicts;
  }

  async #empty(version: IpVersion, backend: Backend): Promise<void> {
    if (!this.#used.has(`${version} ${backend}`)) return;
    const emptied = await this.loadRuleset(EMPTY_TABLE, version, backend);
    if (!emptied.ok) throw new Error(`cannot empty the ${version} ${backend} table: ${emptied.message}`);
    this.#used.delete(`${version} ${backend}`);
  }

  async reset(): Promise<void> {
    for (const backend of this.backends) {
      for (const version of VERSIONS) await this.#empty(version, backend);
    }
    const destroyed = await this.#inside(['ipset', 'destroy']);
    if (!destroyed.ok) throw new Error(`cannot destroy the sets: ${destroyed.message}`);
  }

  async close(): Promise<void> {
    await run('ip', ['netns', 'del', this.namespace]);
  }

  /** Which back ends can load a rule that names a set, for both versions; else why not. */
  async probe(): Promise<string> {
    const sets = await this.makeSets(['probe_v4', 'probe_v6']);
    if (!sets.ok) return `ipset does not work here: ${sets.message}`;
    const reasons: string[] = [];
    const working: Backend[] = [];
    for (const backend of ['legacy', 'nft'] as const) {
      const rule = (version: IpVersion): string =>
        EMPTY_TABLE.replace('COMMIT', `-A INPUT -m set --match-set probe_${version} src -j ACCEPT\nCOMMIT`);
      const loads = [
        await this.loadRuleset(rule('v4'), 'v4', backend),
        await this.loadRuleset(rule('v6'), 'v6', backend),
      ];
      const failed = loads.find((load) => !load.ok);
      if (failed === undefined) working.push(backend);
      else reasons.push(`${backend}: ${failed.message}`);
    }
    this.backends = working;
    if (working.length === 0) return `no iptables back end works here: ${reasons.join('; ')}`;
    await this.reset();
    return '';
  }
}

/** Why there is no oracle on this machine. Tests print it when they skip. */
export interface Unavailable {
  readonly unavailable: string;
}

/**
 * Makes a namespace of its own and finds out what works in it. Takes about 100 ms; share one oracle in a test file
 * and `reset()` it. Close it in `afterAll`.
 */
export async function createOracle(): Promise<Oracle | Unavailable> {
  if (process.getuid?.() !== 0) return { unavailable: 'kernel oracle: not root' };
  made += 1;
  const oracle = new NamespaceOracle(`dog-oracle-${process.pid}-${made}`);
  try {
    await sweep();
    const added = await run('ip', ['netns', 'add', oracle.namespace]);
    if (!added.ok) return { unavailable: `kernel oracle: cannot make a network namespace: ${added.message}` };
    const reason = await oracle.probe();
    if (reason === '') return oracle;
    await oracle.close();
    return { unavailable: `kernel oracle: ${reason}` };
  } catch (error) {
    return { unavailable: `kernel oracle: ${(error as Error).message} (Debian: apt install iproute2 ipset iptables)` };
  }
}
