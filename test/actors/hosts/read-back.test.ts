import { describe, expect, it } from 'vitest';
import { REMOTE_COMMANDS } from '../../../src/actors/commands/remote-commands-messages.js';
import type { HostCast } from '../../../src/actors/hosts/host-messages.js';
import { ReadBack, type ReadBackNeeds } from '../../../src/actors/hosts/read-back.js';
import { readBackHash } from '../../../src/firewall/iptables/read-back-hash.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import { packRulesetSync } from '../../../src/model/stored-ruleset.js';
import type { AgentReply } from '../../../src/wire/messages/file-transfer-reply.js';
import { actorStage, shownBy, STAGE_BEGIN } from '../../support/actors/actor-stage.js';
import { outputsOf } from '../../support/actors/outputs-of.js';
import { smallWorld } from '../../support/actors/small-world.js';

const PRINTED = '*filter\n:INPUT DROP [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n';
const TAMPERED = PRINTED.replace('DROP', 'ACCEPT');
const GROUP = { id: 'g1', name: 'web' };
const CONFIG: ReadBackNeeds['config'] = {
  api: { commands: true },
  drift: { read_back: true, read_back_seconds: 60, read_back_directory: '/sbin' },
  check_v6_hashes: true,
  hashcheck_alert_seconds: 30,
  command_execution_timeout_ms: 5000,
};

function hashOf(printed: string): string {
  const found = readBackHash(printed, 1 << 20);
  return 'hash' in found ? found.hash : '';
}

interface Options {
  readonly hosts?: number;
  readonly active?: string;
  readonly config?: Partial<ReadBackNeeds['config']>;
  /** Epoch seconds; null: not yet. */
  readonly publishedAt?: number | null;
}

/** The actor with unverified hosts of one group, whose ruleset is what `PRINTED` is. */
async function stage({
  hosts = 1,
  active = 'active',
  config = {},
  publishedAt = STAGE_BEGIN / 1000 - 3600,
}: Options = {}) {
  const v = actorStage();
  const keys = Array.from({ length: hosts }, (_, n) => `key-${n}`);
  const place = { reported_group: 'web', reported_environment: '*', reported_location: '*', bound_group: 'web' };
  const world = smallWorld({
    group: [GROUP],
    host: keys.map((hostkey) => ({ id: hostkey, hostkey, name: hostkey, group: 'web', active, unverified: true })),
    host_report: keys.map((id) => ({ id, ...place, unverified: 'ipsets' })),
  });
  const right = { text: PRINTED, hash: hashOf(PRINTED) };
  const other = { text: 'x', hash: 'x' };
  const ruleset = packRulesetSync({ set4: right, set6: right, unset4: other, unset6: other }, []);
  const told: [string, HostCast][] = [];
  const outputs = outputsOf(GROUP, ruleset, publishedAt);
  const needs: ReadBackNeeds = {
    clock: v.clock,
    config: { ...CONFIG, ...config },
    world,
    outputs,
    hosts: { send: (key, message) => told.push([key, message]) > 0 },
    metrics: createMetrics(),
    log: v.log,
  };
  const asked = await v.asked(REMOTE_COMMANDS);
  const pid = await v.start(new ReadBack(needs));
  /** The oldest host that waits prints this. */
  const prints = async (output: string): Promise<void> => replies({ kind: 'ok', output });
  const replies = async (reply: AgentReply): Promise<void> => {
    asked.shift()?.from.reply({ ok: true, reply });
    await v.idle();
  };
  /** Lets time pass until a host is asked: when in the interval is left to chance. */
  const untilAsked = async (): Promise<void> => {
    for (let n = 0; n < 61 && asked.length === 0; n += 1) await v.advance(1000);
  };
  return {
    v,
    untilAsked,
    outputs,
    told,
    asked,
    pid,
    prints,
    replies,
    commands: () => asked.map(({ request }) => request),
  };
}

describe('reading rules back', () => {
  it('asks an unverified host for both of its tables within the interval, and tells its actor that they are as sent', async () => {
    const s = await stage();
    await s.untilAsked();
    expect(s.commands()).toMatchObject([
      { hostkey: 'key-0', request: { command: 'execute_command', commandLine: '/sbin/iptables-save -t filter' } },
    ]);
    await s.prints(PRINTED);
    expect(s.commands()).toMatchObject([{ request: { commandLine: '/sbin/ip6tables-save -t filter' } }]);
    expect(s.told).toEqual([]);
    await s.prints(PRINTED);
    expect(s.told).toEqual([['key-0', { tag: 'read_back', differing: [] }]]);
    expect(shownBy(s.v, s.pid)).toEqual({ enabled: true, asking: 0, agrees: 1, differs: 0, failed: 0 });
  });

  it('tells which tables are not as sent', async () => {
    const s = await stage();
    await s.untilAsked();
    await s.prints(PRINTED);
    await s.prints(TAMPERED);
    expect(s.told).toEqual([['key-0', { tag: 'read_back', differing: ['hash6_ipsets'] }]]);
    expect(shownBy(s.v, s.pid)).toMatchObject({ differs: 1 });
  });

  it('does not ask for IPv6 where its hashes are not checked', async () => {
    const s = await stage({ config: { check_v6_hashes: false } });
    await s.untilAsked();
    await s.prints(PRINTED);
    expect([s.asked, s.told]).toEqual([[], [['key-0', { tag: 'read_back', differing: [] }]]]);
  });

  it('asks eight hosts at a time, the others when one of those has answered', async () => {
    const s = await stage({ hosts: 20, config: { check_v6_hashes: false, command_execution_timeout_ms: 600_000 } });
    await s.v.advance(61_000);
    expect(s.asked).toHaveLength(8);
    for (let n = 0; n < 3; n += 1) await s.prints(PRINTED);
    expect(s.asked).toHaveLength(5);
    await s.v.advance(1000);
    expect(s.asked).toHaveLength(8);
    expect(new Set(s.commands().map(({ hostkey }) => hostkey)).size).toBe(8);
  });

  it('says once that a host cannot be read, tells its actor nothing, and asks it again', async () => {
    const s = await stage({ config: { check_v6_hashes: false } });
    for (let n = 0; n < 3; n += 1) {
      await s.untilAsked();
      await s.replies({ kind: 'error', text: 'iptables-save: not found' });
    }
    expect(s.v.warnings()).toEqual(['the rules of a host cannot be read back']);
    expect([s.told, shownBy(s.v, s.pid)]).toEqual([[], expect.objectContaining({ failed: 1 })]);
    await s.untilAsked();
    await s.prints(PRINTED);
    expect(s.told).toHaveLength(1);
  });

  it('takes no answer for an answer: the actor of commands is not there, or says that nobody took the command', async () => {
    const s = await stage();
    await s.untilAsked();
    s.asked.shift()?.from.reply({ ok: false, code: 'unavailable', message: 'the host is not connected' });
    await s.v.idle();
    expect(s.v.lines.at(-1)?.fields).toMatchObject({ reason: 'iptables-save: the host is not connected' });
    const [pid] = [...s.v.system.processes()].filter(({ label }) => label === REMOTE_COMMANDS);
    if (pid !== undefined) s.v.system.fault(pid, new Error('dead'));
    await s.v.advance(61_000);
    expect([s.told, shownBy(s.v, s.pid)]).toEqual([[], expect.objectContaining({ failed: 1, asking: 0 })]);
  });

  it('drops what was read when something else was sent meanwhile', async () => {
    const s = await stage({ config: { check_v6_hashes: false } });
    await s.untilAsked();
    const other = { text: 'y', hash: 'y' };
    const ruleset = packRulesetSync({ set4: other, set6: other, unset4: other, unset6: other }, []);
    const groupId = GROUP.id;
    s.outputs.set({ groupId, groupName: 'web', dialect: 'dog2', ruleset, compiledAt: 1, publishedAt: 1 });
    await s.prints(PRINTED);
    expect(s.told).toEqual([]);
  });

  it('asks nobody about a ruleset that is not confirmed, or was a moment ago; no silent host; and none when it is off', async () => {
    const cases: readonly Options[] = [
      { publishedAt: null },
      { config: { hashcheck_alert_seconds: 7200 } },
      { active: 'inactive' },
      { config: { api: { commands: false } } },
      { config: { drift: { ...CONFIG.drift, read_back: false } } },
    ];
    for (const options of cases) {
      const s = await stage(options);
      await s.v.advance(61_000);
      expect([options, s.asked]).toEqual([options, []]);
    }
  });
});
