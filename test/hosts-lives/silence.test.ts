import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/otp/testing/index.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startTestRelay } from '../support/smtp-relay.js';
import { startVirtualServer, type VirtualServer } from '../support/virtual-server.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
function key(index: number): string {
  return `host-key-${String(index).padStart(4, '0')}`;
}
const FLEET = [1, 2, 3, 4, 5, 6].map(key);

async function fleetOf(hosts: readonly string[], set: readonly string[] = []): Promise<VirtualServer> {
  const w = await startVirtualServer({ set });
  await w.group('web');
  for (const hostkey of hosts) await w.settle(hostkey);
  return w;
}

/** Minutes pass in which these hosts report, and the others don't. */
async function minutes(w: VirtualServer, count: number, talking: readonly string[]): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    for (const hostkey of talking) await w.says('keepalive', hostkey);
    await w.pass(MINUTE);
  }
}

function states(w: VirtualServer, hosts: readonly string[]): unknown[] {
  return hosts.map((host) => w.host(host)?.active);
}
describe('silence', { timeout: 120_000 }, () => {
  it('of all for two hours: the first report wakes nobody else’s deadline, no mail, no set emptied', async () => {
    const w = await fleetOf(FLEET);
    const { state } = w.server;
    const sets = state.sets.published?.text ?? '';
    expect(sets).toContain('add web_gv4n 10.1.1.51');
    const before = await publishes(w);
    await w.pass(2 * HOUR);
    expect(state.guard.open).toBe(false);
    expect((await w.flow(w.api('GET', '/readyz'))).text).toContain('no agent is heard');
    expect(states(w, FLEET)).toEqual(FLEET.map(() => 'active'));
    await w.says('keepalive', key(1));
    expect(state.guard.open).toBe(true);
    // Nobody else has said anything yet, and has as long as after any report.
    await minutes(w, 29, [key(1)]);
    expect(states(w, FLEET)).toEqual(FLEET.map(() => 'active'));
    expect(w.relay.mails).toEqual([]);
    expect(state.sets.published?.text).toBe(sets);
    expect(await publishes(w)).toEqual(before);
    // The fleet is heard through host 1 alone, so the others are really gone.
    await minutes(w, 3, [key(1)]);
    await w.awaits(() => w.relay.mails.length === 5, 'the mails');
    expect(states(w, FLEET)).toEqual(['active', ...FLEET.slice(1).map(() => 'inactive')]);
  });

  it('of all that are known: the report of a host that is not shows that the server is not cut off', async () => {
    const w = await fleetOf([key(1)]);
    const { guard } = w.server.state;
    await w.pass(10 * MINUTE);
    expect(guard.open).toBe(false);
    const silent = '\ninterval_since_last_agent_update 10\nno_agent_updates_received 1\n';
    expect(await varz(w, 'gauges')).toContain(silent);
    await w.says('keepalive', 'a-stranger-0001');
    expect(guard.open).toBe(true);
    // At once, not only when the interval is over.
    expect(await varz(w, 'gauges')).toContain('\ninterval_since_last_agent_update 0\nno_agent_updates_received 0\n');
  });

  it('of one: one mail when it is late, one when it is retired, one when it is back, and the gauge counts the return', async () => {
    const w = await fleetOf([key(1), key(2)], ['retirement_alert_seconds=7200']);
    await minutes(w, 30, [key(1)]);
    await w.awaits(() => w.host(key(2))?.active === 'inactive', 'inactive');
    await w.awaits(() => w.relay.mails.length === 1, 'the mail');
    await minutes(w, 30, [key(1)]);
    expect(w.subjects()).toEqual([`Dog Agents Disconnected: "${key(2)}.example.net"`]);
    await minutes(w, 62, [key(1)]);
    await w.awaits(() => w.host(key(2))?.active === 'retired', 'retired');
    await w.says('keepalive', key(2));
    await w.awaits(() => w.relay.mails.length === 3, 'the last mail');
    expect(w.subjects().slice(1)).toEqual([
      `Dog Agent Retired: "${key(2)}.example.net"`,
      `Dog Agents Reconnected: "${key(2)}.example.net"`,
    ]);
    expect(w.host(key(2))?.active).toBe('active');
    await w.pass(2 * MINUTE);
    const gauges = await varz(w, 'gauges');
    expect(gauges).toContain('\nhost_keepalive failure:0 inactive:0 recovery:1 retirement:0\n');
    expect(gauges).toContain('\nhost_active_state active:2 inactive:0 new:0 retired:0\n');
    expect(await varz(w, 'counters')).toMatch(
      /^alert hash_fail:0 hash_recover:0 keepalive_fail:1 keepalive_recover:1 retirement:1\n/,
    );
  });

  it('after a good-bye: two minutes of grace, inactive without a mail, back without a mail', async () => {
    const w = await fleetOf([key(1), key(2)]);
    await w.says('force', key(2), { active: 'inactive' });
    // The dying agent's last keepalive changes nothing.
    await w.pass(2000);
    await w.says('keepalive', key(2));
    await w.pass(100_000);
    await w.says('keepalive', key(1));
    expect(states(w, [key(2)])).toEqual(['active']);
    await w.pass(30_000);
    await w.awaits(() => w.host(key(2))?.active === 'inactive', 'inactive');
    await w.says('force', key(2));
    await w.awaits(() => w.host(key(2))?.active === 'active', 'active');
    await w.pass(MINUTE);
    expect(w.relay.mails).toEqual([]);
  });

  it('is not seen in a jump of the wall clock, by a day or back', async () => {
    const w = await fleetOf(FLEET);
    for (const jump of [24 * HOUR, -48 * HOUR]) {
      w.clock.jump(jump);
      await minutes(w, 20, [key(1)]);
      expect(states(w, FLEET)).toEqual(FLEET.map(() => 'active'));
      for (const hostkey of FLEET) await w.says('keepalive', hostkey);
    }
    expect(w.relay.mails).toEqual([]);
  });

  it('over a restart: deadlines that passed meanwhile count from the start', async () => {
    const clock = virtualClock(Date.UTC(2026, 2, 1));
    const data = temporaryDirectory();
    const relay = await startTestRelay();
    const first = await startVirtualServer({ clock, data, relay });
    await first.group('web');
    for (const hostkey of [key(1), key(2)]) await first.settle(hostkey);
    await first.stop();
    await clock.advance(5 * HOUR);
    const w = await startVirtualServer({ clock, data, relay });
    await w.awaits(() => w.server.state.hosts.whereis(key(2)) !== undefined, 'the actor of a silent host');
    await minutes(w, 25, [key(1)]);
    expect(states(w, [key(1), key(2)])).toEqual(['active', 'active']);
    await minutes(w, 10, [key(1)]);
    expect(states(w, [key(1), key(2)])).toEqual(['active', 'inactive']);
    await w.awaits(() => relay.mails.length === 1, 'the mail');
    await w.stop();
    await relay.close();
  });

  it('of a fresh installation: what is edited is published, though no agent was ever heard', async () => {
    const w = await startVirtualServer();
    await w.pass(HOUR);
    expect(w.server.state.guard.open).toBe(true);
    const { group } = await w.group('web');
    expect((await w.flow(w.ruleset(group))).state).toBe('published');
  });

  it('tells nobody about a host, a group, or a kind that is mute', async () => {
    const w = await startVirtualServer({ set: ['hash_alert_enabled=false'] });
    const web = await w.group('web');
    await w.group('db');
    for (const hostkey of FLEET.slice(0, 3)) await w.settle(hostkey);
    await w.settle(key(4), 'db');
    await w.settle(key(5), 'db');
    await w.edit('host', String(w.host(key(4))?.id), { alert_enable: false });
    await w.edit('group', web.group, { alert_enable: false });
    await minutes(w, 40, [key(1)]);
    const late = FLEET.slice(1, 5);
    await w.awaits(() => states(w, late).every((state) => state === 'inactive'), 'inactive');
    // Mail takes real time, which virtual minutes don't wait for.
    await w.awaits(() => w.subjects().length > 0, 'a mail');
    await w.pass(MINUTE);
    expect(w.subjects()).toEqual([`Dog Agents Disconnected: "${key(5)}.example.net"`]);
  });
});

async function varz(w: VirtualServer, what: string): Promise<string> {
  return w.flow(fetch(`${w.server.listening.metrics}/imetrics/varz/${what}`).then((answer) => answer.text()));
}

async function publishes(w: VirtualServer): Promise<readonly string[]> {
  return (await varz(w, 'counters')).split('\n').filter((line) => /^ip(set|tables)_publish/.test(line));
}
