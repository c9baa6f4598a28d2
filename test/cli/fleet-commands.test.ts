import { describe, expect, it, onTestFinished } from 'vitest';
import type { FleetStatus, HostLine } from '../../src/operations/fleet-answers.js';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { startFleet } from '../../src/sim/sim-fleet.js';
import { RULE } from '../support/api-client.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { hasTmux, terminal } from '../support/terminal.js';
import { startWholeServer, until } from '../support/whole-server.js';

/** How many hosts; the full trials have as many as a real fleet. */
const HOSTS = process.env['TRIALS'] === 'full' ? 500 : 24;

/** A whole server with simulated hosts: three have a rule added by hand, five fall silent, one group does not compile. */
async function troubledFleet() {
  const large = HOSTS > 100;
  const server = await startWholeServer({
    set: [
      'hashcheck_alert_seconds=1',
      'repair_interval_seconds=100000',
      `keepalive_alert_seconds=${large ? 120 : 20}`,
      'intake.registrations_per_minute=100000',
    ],
  });
  const old = await server.group('old');
  const db = await server.group('db', [{ ...RULE, group_type: 'ROLE', group: old.group }]);
  await server.group('web');
  const fleet = await startFleet({
    broker: server.broker,
    agents: HOSTS,
    groups: ['web', 'db'],
    timing: {
      ...QUICK_TIMING,
      // Agents send whether or not they are kept up with: on a machine that is busy otherwise, reports that come faster
      // than this process takes them leave hosts silent that are not.
      ...(large ? { pollMs: 5_000, keepaliveFirstMs: 5_000, keepaliveMs: 20_000 } : {}),
    },
    spreadMs: large ? 10_000 : 0,
  });
  onTestFinished(() => fleet.stop());
  const all = () => [...server.server.state.world.rows('host').values()];
  const patient = { timeout: large ? 300_000 : 60_000, interval: 50 };
  await until(() => all().filter((row) => row.active === 'active').length === HOSTS, 'all hosts active', patient);
  const named = (agents: typeof fleet.agents) => agents.map((agent) => agent.progress().name).sort();
  const erlang = fleet.agents.filter((_, index) => index % 10 !== 9);
  const [tampered, silent] = [erlang.slice(0, 3), erlang.slice(3, 8)];
  for (const agent of silent) await agent.inject({ kind: 'silent' });
  await until(() => all().filter((row) => row.active === 'inactive').length === 5, 'five silent hosts', patient);
  // What repairs them comes too late for this test.
  for (const agent of tampered) await agent.inject({ kind: 'slow', ms: 3_600_000 });
  for (const agent of tampered) await agent.inject({ kind: 'tampered' });
  await until(() => all().filter((row) => row.hashpass === false).length === 3, 'three drifted hosts', patient);
  // Its rules name a group that there is no more.
  expect((await server.api('DELETE', `/api/V2/group/${old.group}`)).status).toBe(204);
  await until(async () => (await server.ruleset(db.group)).state === 'error', 'a group in error', patient);
  return { server, tampered: named(tampered), silent: named(silent) };
}

describe('commands that ask a fleet', () => {
  it('name what is not well, and nothing else', { timeout: 900_000 }, async () => {
    const { server, tampered, silent } = await troubledFleet();
    const url = server.server.listening.api;
    const cli = (...args: string[]) => runCliInProcess([...args, '--url', url]);

    const status = await cli('status');
    expect([status.code, status.err]).toEqual([3, '']);
    expect(status.out.split('\n')[0]).toContain('1 group cannot be compiled, 3 hosts drifted, 5 hosts silent');
    expect(status.out).toMatch(/^group db: cannot be compiled: /m);
    for (const name of tampered) expect(status.out).toContain(`drifted: ${name} (`);
    for (const name of silent) expect(status.out).toContain(`silent: ${name} (`);
    const json = JSON.parse((await cli('status', '--json')).out) as FleetStatus;
    expect([json.well, json.hosts.total, json.hosts.drifted.total, json.hosts.silent.total]).toEqual([
      false,
      HOSTS,
      3,
      5,
    ]);

    const drifted = JSON.parse((await cli('hosts', '--drifted', '--json')).out) as HostLine[];
    expect(drifted.map(({ name }) => name)).toEqual(tampered);
    expect(drifted.every(({ differing }) => differing.length > 0)).toBe(true);
    const lines = async (...args: string[]) => (await cli(...args)).out.split('\n').filter((line) => line !== '');
    expect((await lines('hosts', '--silent')).map((line) => line.split('\t')[0])).toEqual(silent);
    expect(await lines('hosts')).toHaveLength(HOSTS);
    expect(await lines('hosts', '--group', 'web')).toHaveLength(HOSTS / 2);
    expect(await lines('drift', '-g', 'nowhere')).toEqual([]);

    const host = await cli('host', tampered[0] ?? '');
    expect(host.out).toMatch(/^state\tactive_hashfail$/m);
    expect(host.out).toMatch(/^hash4_ipsets\tsent [0-9a-f]{12}, reported [0-9a-f]{12}$/m);
    expect((await cli('host', silent[0] ?? '')).out).toMatch(/^state\tinactive/m);

    const groups = (await lines('groups')).map((line) => line.split('\t'));
    expect(groups.map(([name, , state, hosts]) => [name, state, hosts])).toEqual([
      ['db', 'error', String(HOSTS / 2)],
      ['web', 'published', String(HOSTS / 2)],
    ]);
    expect((await cli('group', 'web', '--rules')).out).toContain('-A INPUT');
    const history = (await cli('group', 'web', '--history')).out;
    expect(history).toMatch(/^\d{4}-\S+Z\tchange \d+\t.*\tmade$/m);
    expect(history).toMatch(/^\d{4}-\S+Z\trevision 1\t.*\t\d+ hosts run it$/m);
    const screens = [
      await cli('top', '--once'),
      await cli('top', '--once', '--view', 'hosts'),
      await cli('top', '--once', '--view', 'groups'),
    ];
    for (const { code, out } of screens) {
      expect([code, out.split('\n').length]).toEqual([0, 25]);
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
    for (const name of [...tampered, ...silent]) {
      expect(screens[0]?.out).toContain(name);
      expect(screens[1]?.out).toContain(name);
    }
    expect(screens[2]?.out).toMatch(/^db +error +/m);
    expect((await cli('group', 'web')).out).toMatch(/^state\tpublished$/m);
    if (!hasTmux()) return;
    const shell = terminal();
    shell.run('top', '--delay', '1', '--url', url);
    const pictures = [await shell.shows('[now]', ...tampered, ...silent, 'group db: cannot be compiled')];
    shell.press('h');
    pictures.push(await shell.shows('[hosts]', ...tampered, ...silent));
    shell.press('g');
    pictures.push(await shell.shows('[groups]', 'why', 'db ', 'published'));
    shell.press('q');
    await shell.shows('ended with 0');
    if (HOSTS > 100) process.stdout.write(`${status.out}\n${pictures.join('\n')}\n`);
  });
});
