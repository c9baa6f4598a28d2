import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BrokerConnection } from '../../src/broker/broker.js';
import { createMemoryBroker, type MemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { QUICK_TIMING, type AgentTiming } from '../../src/sim/agent-timing.js';
import { fleetHost } from '../../src/sim/fleet-hosts.js';
import { SimAgent, type AgentOptions } from '../../src/sim/sim-agent.js';
import { encodeConfig } from '../../src/wire/messages/config.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { encodeRequest, type FileTransferRequest } from '../../src/wire/messages/file-transfer.js';
import { parseReply } from '../../src/wire/messages/file-transfer-reply.js';
import { encodeTerm } from '../../src/wire/encode.js';
import { atom, binary, list, tuple } from '../../src/wire/term.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const HASTY: AgentTiming = {
  ...QUICK_TIMING,
  startDelayMs: 1,
  pollMs: 5,
  keepaliveFirstMs: 15,
  keepaliveMs: 15,
  setsPauseMs: 1,
  setsRetryMs: 1,
  rulesRetryMs: 1,
  stopDelayMs: 1,
};
const HOST = fleetHost(0, 'web');
const SETS =
  'create web_gv4 hash:net family inet -exist\ncreate web_gv4n hash:net family inet -exist\nadd web_gv4n 10.1.1.51/32\nswap web_gv4n web_gv4\n\nflush web_gv4n\n\ndestroy web_gv4n\n';
const RULES = [
  '*filter',
  ':INPUT DROP [0:0]',
  ':FORWARD DROP [0:0]',
  ':OUTPUT ACCEPT [0:0]',
  '-A INPUT -p tcp -m set --match-set web_gv4 src -m tcp --dport 22 -j ACCEPT',
  'COMMIT',
].join('\n');

let broker: MemoryBroker;
let server: TestServer;
let connection: BrokerConnection;
let serverConnection: BrokerConnection;
let agents: SimAgent[];

beforeEach(async () => {
  broker = createMemoryBroker();
  serverConnection = await broker.connect();
  server = await startTestServer(serverConnection);
  connection = await broker.connect();
  agents = [];
});

afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await connection.close();
  await serverConnection.close();
});

/** A running agent that has sent its first report. */
async function startAgent(options: Partial<AgentOptions> = {}): Promise<SimAgent> {
  const agent = new SimAgent({ identity: HOST, timing: HASTY, ...options });
  agents.push(agent);
  const before = server.bodies.length;
  agent.start(connection);
  await vi.waitFor(() => expect(server.bodies.length).toBeGreaterThan(before));
  // That may have been another agent's report; this one has its queues once it has sent its own.
  await vi.waitFor(() => expect(agent.progress().reportsSent).toBeGreaterThan(0));
  return agent;
}

async function exists(queue: string): Promise<boolean> {
  return (await connection.inspectQueue(queue)) !== undefined;
}
async function converge(agent: SimAgent): Promise<void> {
  await server.sendIpsets(SETS);
  await server.sendRuleset('*.*.web.*', { ruleset4_ipset: RULES, ruleset4_iptables: '' });
  await vi.waitFor(() => expect(agent.progress()).toMatchObject({ rulesetsApplied: 1, ipsetsApplied: 1 }));
}

describe('SimAgent', () => {
  it('reports force once, then keepalives, with what section 4 lists', async () => {
    await startAgent();
    await vi.waitFor(() => expect(server.reports.length).toBeGreaterThan(2));
    expect(server.reports.map(({ updateType }) => updateType).slice(0, 3)).toEqual(['force', 'keepalive', 'keepalive']);
    const [force] = server.reports;
    expect(force).toMatchObject({ hostkey: HOST.hostkey, group: 'web', stopping: false, extra: {} });
    expect(Object.keys(force?.fields ?? {})).toHaveLength(24);
    expect(force?.interfaces.addresses).toContain('10.20.0.1');
  });

  it('declares its queues under its key, and they go with it', async () => {
    const agent = await startAgent();
    for (const queue of ['config', 'iptables', 'file_transfer'])
      expect(await exists(`${queue}.${HOST.hostkey}`)).toBe(true);
    await agent.stop();
    for (const queue of ['config', 'iptables', 'file_transfer'])
      expect(await exists(`${queue}.${HOST.hostkey}`)).toBe(false);
    expect(agent.progress().running).toBe(false);
  });

  it.each([
    ['its group', '*.*.web.*'],
    ['the host', `*.*.*.${HOST.hostkey}`],
  ])('takes rules sent to %s with literal asterisks', async (_, key) => {
    const agent = await startAgent();
    await server.sendIpsets(SETS);
    await server.sendRuleset(key, { ruleset4_ipset: RULES });
    await vi.waitFor(() => expect(agent.progress().rulesetsApplied).toBe(1));
    expect(agent.kernel.saveFilter('inet')).toContain('--match-set web_gv4 src');
  });

  it('hears nothing of another group, nor from another environment', async () => {
    const agent = await startAgent();
    const elsewhere = await startAgent({ identity: { ...fleetHost(1, 'web'), environment: 'qa' } });
    await server.sendRuleset('*.*.db.*', { ruleset4_ipset: RULES });
    await server.sendIpsets(SETS);
    await server.sendRuleset('*.*.web.*', { ruleset4_ipset: RULES });
    await vi.waitFor(() => expect(agent.progress().rulesetsApplied).toBe(1));
    await vi.waitFor(() => expect(elsewhere.progress().ipsetsApplied).toBe(1));
    expect(elsewhere.progress().rulesetsApplied).toBe(0);
  });

  it('reports the hashes of what it applied', async () => {
    const agent = await startAgent();
    const before = agent.progress().hashes;
    await converge(agent);
    const { hashes } = agent.progress();
    expect(hashes.ipset_hash).not.toBe(before.ipset_hash);
    expect(hashes.hash4_ipsets).not.toBe(before.hash4_ipsets);
    expect(hashes.hash6_ipsets).toBe(before.hash6_ipsets);
    await vi.waitFor(() => expect(server.reports.at(-1)?.hashes).toEqual(hashes));
  });

  it('tries rules again, gives up without a word, and goes on', async () => {
    const agent = await startAgent();
    await server.sendRuleset('*.*.web.*', { ruleset4_ipset: RULES });
    await vi.waitFor(() => expect(agent.progress().lastError).toContain("Set web_gv4 doesn't exist."));
    await converge(agent);
    expect(agent.progress().lastError).toBeUndefined();
  });

  it('shows a rule added by hand, and loses it with the next ruleset', async () => {
    const agent = await startAgent();
    await converge(agent);
    const wanted = agent.progress().hashes;
    await agent.inject({ kind: 'tampered' });
    await vi.waitFor(() => expect(server.reports.at(-1)?.hashes.hash4_ipsets).not.toBe(wanted.hash4_ipsets));
    await server.sendRuleset(`*.*.*.${HOST.hostkey}`, { ruleset4_ipset: RULES });
    await vi.waitFor(() => expect(server.reports.at(-1)?.hashes).toEqual(wanted));
  });

  it('reports changed interfaces at once, the Elixir agent with the next keepalive', async () => {
    const agent = await startAgent();
    const elixir = await startAgent({ identity: { ...fleetHost(1, 'web'), kind: 'elixir' } });
    for (const host of [agent, elixir]) host.setInterfaces({ eth0: ['192.0.2.1'] });
    const latest = (hostkey: string) => server.reports.findLast((report) => report.hostkey === hostkey);
    await vi.waitFor(() => {
      expect(latest(agent.hostkey)?.interfaces.addresses).toEqual(['192.0.2.1']);
      expect(latest(elixir.hostkey)?.interfaces.addresses).toEqual(['192.0.2.1']);
    });
    const updates = server.reports.filter(({ updateType }) => updateType === 'update');
    expect(updates.map(({ hostkey }) => hostkey)).toEqual([agent.hostkey]);
    expect(latest(elixir.hostkey)?.fields).not.toHaveProperty('docker_container_ids');
  });

  it('takes one config message, then has no config queue; its rules stay on the old group', async () => {
    const agent = await startAgent();
    const config = { hostkey: HOST.hostkey, group: 'db', environment: '*', location: '*' };
    await server.publish('config', HOST.hostkey, encodeConfig(config, stampAt(new Date())));
    await vi.waitFor(() => expect(server.reports.at(-1)?.group).toBe('db'));
    expect(await exists(`config.${HOST.hostkey}`)).toBe(false);
    await converge(agent);
    await agent.inject({ kind: 'restarts' });
    await vi.waitFor(() => expect(server.reports.filter(({ updateType }) => updateType === 'force')).toHaveLength(2));
    expect(await exists(`config.${HOST.hostkey}`)).toBe(true);
    await server.sendRuleset('*.*.db.*', { ruleset4_ipset: RULES });
    await vi.waitFor(() => expect(agent.progress().rulesetsApplied).toBe(2));
  });

  it('rejects what crashes its handler, and has its queue anew', async () => {
    const agent = await startAgent();
    await server.publish('iptables', '*.*.web.*', Buffer.from('no term'));
    await vi.waitFor(() => expect(agent.progress().lastError).toContain('no external term'));
    await vi.waitFor(async () => expect(await exists(`iptables.${HOST.hostkey}`)).toBe(true));
    await converge(agent);
  });

  it('falls silent, slows down, talks nonsense, and recovers', async () => {
    const agent = await startAgent();
    await agent.inject({ kind: 'malformed', how: 'truncated' });
    await vi.waitFor(() => expect(server.bodies.length).toBeGreaterThan(server.reports.length));
    await agent.inject({ kind: 'silent' });
    const { reportsSent } = agent.progress();
    await agent.inject({ kind: 'slow', ms: 30 });
    await converge(agent);
    expect(agent.progress().reportsSent).toBeLessThanOrEqual(reportsSent + 1);
    await agent.inject({ kind: 'talkative' });
    const heard = server.reports.length;
    await vi.waitFor(() => expect(server.reports.length).toBeGreaterThan(heard));
  });

  it('says that it stops, if it is the Erlang agent', async () => {
    const agent = await startAgent();
    await agent.stop({ announced: true });
    await vi.waitFor(() =>
      expect(server.reports.some(({ stopping, updateType }) => stopping && updateType === 'force')).toBe(true),
    );
    const elixir = await startAgent({ identity: { ...HOST, kind: 'elixir' } });
    const heard = server.reports.length;
    await elixir.stop({ announced: true });
    expect(server.reports.slice(heard).some(({ stopping }) => stopping)).toBe(false);
  });

  it('applies nothing while it does not enforce, but keeps the files', async () => {
    const agent = await startAgent({ enforcement: { enforcing: false, useIpsets: true } });
    const before = agent.progress().hashes;
    await server.sendRuleset('*.*.web.*', { ruleset4_ipset: RULES });
    await vi.waitFor(() => expect(agent.progress().hashes.hash4_ipsets).not.toBe(before.hash4_ipsets));
    expect(agent.kernel.saveFilter('inet')).not.toContain('web_gv4');
  });

  it('lives through a broken connection without a new force', async () => {
    const agent = await startAgent();
    broker.dropConnections('a cable');
    serverConnection = await broker.connect();
    server = await startTestServer(serverConnection);
    connection = await broker.connect();
    await agent.reattach(connection);
    await converge(agent);
    await vi.waitFor(() => expect(server.reports.length).toBeGreaterThan(1));
    expect(server.reports.every(({ updateType }) => updateType === 'keepalive')).toBe(true);
  });
});

describe('a SimAgent after a config message and a lost connection', () => {
  it('has its config queue again, and rules of its old group until it restarts', async () => {
    const agent = await startAgent();
    const config = { hostkey: HOST.hostkey, group: 'db', environment: '*', location: '*' };
    await server.publish('config', HOST.hostkey, encodeConfig(config, stampAt(new Date())));
    await vi.waitFor(() => expect(agent.progress().group).toBe('db'));
    broker.dropConnections('a cable');
    serverConnection = await broker.connect();
    server = await startTestServer(serverConnection);
    connection = await broker.connect();
    await agent.reattach(connection);
    expect(await exists(`config.${HOST.hostkey}`)).toBe(true);
    await converge(agent);
    expect(agent.progress().group).toBe('db');
  });
});

describe('commands to a SimAgent', () => {
  const run = (line: string) => {
    const [exitCode = '0', stdout = '', stderr = ''] = line.split(',');
    return { exitCode: Number(exitCode), stdout, stderr };
  };

  async function ask(request: FileTransferRequest, ms = 2000): Promise<unknown> {
    const body = encodeRequest(request, 'ops', stampAt(new Date()));
    const answer = await server.ask(HOST.hostkey, body, ms);
    if (answer === undefined) return undefined;
    expect(answer.correlationId).toBe('7');
    return parseReply(answer.body, answer.contentType);
  }

  const command = (commandLine: string): FileTransferRequest => ({
    command: 'execute_command',
    commandLine,
    useShell: true,
  });

  it.each([
    ['0,text', { kind: 'ok', output: 'text' }],
    ['0,out,err', { kind: 'ok', output: 'outerr' }],
    ['0', { kind: 'ok', output: '' }],
    ['1,,bad', { kind: 'error', text: 'bad' }],
    ['3,out,err', { kind: 'error', text: 'outerr', exitCode: 3, stdout: 'out', stderr: 'err' }],
    ['3', { kind: 'error', text: '', exitCode: 3 }],
  ])('that end with %s are answered as agents answer', async (line, reply) => {
    await startAgent({ run });
    expect(await ask(command(line))).toEqual(reply);
  });

  it('that print to standard error only get no answer, the next one does', async () => {
    await startAgent({ run });
    expect(await ask(command('0,,warning'), 50)).toBeUndefined();
    await vi.waitFor(async () => expect(await exists(`file_transfer.${HOST.hostkey}`)).toBe(true));
    expect(await ask(command('0,again'))).toEqual({ kind: 'ok', output: 'again' });
  });

  it('store, fetch and delete files, block by block', async () => {
    const agent = await startAgent();
    const file = { command: 'send_file', fileName: '/tmp/x', totalBlocks: 2, maxBlockSizeBytes: 3 } as const;
    for (const [index, block] of ['abc', 'de'].entries()) {
      expect(await ask({ ...file, currentBlock: index + 1, block: Buffer.from(block) }, 20)).toBeUndefined();
    }
    await vi.waitFor(() => expect(agent.hostFiles.get('/tmp/x')?.toString()).toBe('abcde'));
    expect(await ask({ command: 'fetch_file', fileName: '/tmp/x' })).toEqual({
      kind: 'file',
      bytes: Buffer.from('abcde'),
    });
    expect(await ask({ command: 'delete_file', fileName: '/tmp/x' })).toEqual({ kind: 'ok', output: '' });
    expect(await ask({ command: 'delete_file', fileName: '/tmp/x' })).toEqual({ kind: 'error', text: 'enoent' });
    expect(await ask({ command: 'delete_file', fileName: '/../etc/passwd' })).toEqual({
      kind: 'error',
      text: 'file_bad',
    });
    expect(await ask({ command: 'fetch_file', fileName: '/nope' })).toEqual({ kind: 'error', text: 'enoent' });
  });

  it('without api_user are dropped', async () => {
    await startAgent();
    const bare = encodeTerm(list([tuple(atom('command'), atom('fetch_file')), tuple(atom('file_name'), binary('/x'))]));
    expect(await server.ask(HOST.hostkey, bare, 50)).toBeUndefined();
  });
});
