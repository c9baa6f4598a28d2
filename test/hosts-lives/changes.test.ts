import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { RULE } from '../support/api-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startVirtualServer, type VirtualServer } from '../support/virtual-server.js';
import { listenAsAgent } from '../support/whole-server.js';

const KEY = 'host-key-0001';
async function get(w: VirtualServer, path: string): Promise<JsonObject> {
  return (await w.flow(w.api('GET', `/api/V2${path}`))).json;
}
function idOf(w: VirtualServer, hostkey: string): string {
  return String(w.host(hostkey)?.id);
}
async function refused(w: VirtualServer): Promise<readonly JsonObject[]> {
  return (await w.flow(w.api('GET', '/api/V2/hosts/refused'))).json as unknown as readonly JsonObject[];
}

describe('a host whose row changes under it', { timeout: 120_000 }, () => {
  it('moved to another group over the API: gets those rules itself, at once, and its agent’s old report does not move it back', async () => {
    const w = await startVirtualServer();
    await w.group('web');
    await w.group('db', []);
    await w.settle(KEY);
    const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
    const stranger = await listenAsAgent(w.broker, { hostkey: 'host-key-0002', group: 'web' });
    await w.edit('host', idOf(w, KEY), { group: 'db' });
    await w.awaits(() => ear.rulesets().length === 1, 'its own copy');
    const db = await w.flow(w.ruleset(String(w.server.state.world.groupByName('db')?.id)));
    expect(ear.rulesets()[0]?.ruleset4_ipset).toBe((db.set4 as JsonObject).text);
    await w.awaits(() => ear.heard.some(({ queue }) => queue === 'config'), 'its configuration');
    // Its agent repeats itself: the row stands, and says so.
    await w.says('keepalive', KEY, { group: 'web', ...w.hashes('db') });
    await w.awaits(() => w.host(KEY)?.group_pending === true, 'pending');
    expect(w.host(KEY)?.group).toBe('db');
    await w.says('keepalive', KEY, { group: 'db' });
    await w.awaits(() => w.host(KEY)?.group_pending === undefined, 'agreed');
    // Back again: its queue has been bound to web all the time, yet it runs the rules of db.
    await w.edit('host', idOf(w, KEY), { group: 'web' });
    await w.awaits(() => ear.rulesets().length === 2, 'its old rules');
    expect(stranger.rulesets()).toEqual([]);
  });

  it('given another hostkey: the old one is a stranger’s, and nothing of it is left', async () => {
    const w = await startVirtualServer();
    await w.group('web');
    await w.settle(KEY);
    const { state } = w.server;
    await w.says('keepalive', KEY, { ipset_hash: 'f'.repeat(64) });
    await w.awaits(() => state.drift.get(KEY) !== undefined, 'drift');
    await w.edit('host', idOf(w, KEY), { hostkey: 'host-key-9999' });
    await w.awaits(() => state.hosts.whereis(KEY) === undefined, 'the end of its actor');
    expect(state.drift.count('ipset_hash')).toBe(0);
    await w.awaits(() => state.hosts.whereis('host-key-9999') !== undefined, 'an actor under the new key');
    await w.says('keepalive', KEY);
    await w.awaits(async () => (await refused(w)).some(({ reason }) => reason === 'unknown_host'), 'the refusal');
    expect(w.host('host-key-9999')?.name).toBe(`${KEY}.example.net`);
    expect(state.world.rows('host').size).toBe(1);
  });

  it('deleted: a keepalive is refused with the reason, and the next start registers it anew', async () => {
    const w = await startVirtualServer();
    await w.group('web');
    await w.settle(KEY);
    await w.says('keepalive', KEY, { ipset_hash: 'f'.repeat(64) });
    const { state } = w.server;
    await w.flow(w.api('DELETE', `/api/V2/host/${idOf(w, KEY)}`));
    await w.awaits(() => w.host(KEY) === undefined, 'gone');
    await w.awaits(() => state.world.knowledge(KEY) === undefined, 'nothing is known of it any more');
    await w.says('keepalive', KEY);
    expect(await refused(w)).toMatchObject([{ hostkey: KEY, reason: 'unknown_host', group: 'web' }]);
    expect(state.drift.count('ipset_hash')).toBe(0);
    await w.settle(KEY);
    expect(await refused(w)).toEqual([]);
  });

  it('deleted in the very moment of its start: registered anew by that report', async () => {
    const w = await startVirtualServer();
    await w.group('web');
    await w.settle(KEY);
    const before = idOf(w, KEY);
    // Straight to the store: the world has not heard of it when the report comes.
    const removal = w.server.state.store.commit([{ op: 'remove', table: 'host', id: before }], { author: 'test' });
    await Promise.all([removal, w.says('force', KEY)]);
    await w.awaits(() => w.host(KEY) !== undefined && idOf(w, KEY) !== before, 'a new row');
  });

  it('in a group that is deleted: goes on living, listed with the reason, until the group is there', async () => {
    const w = await startVirtualServer();
    const { profile } = await w.group('db');
    await w.settle(KEY, 'db');
    await w.flow(w.api('DELETE', `/api/V2/group/${String(w.server.state.world.groupByName('db')?.id)}`));
    await w.awaits(() => w.server.state.world.groupByName('db') === undefined, 'gone');
    await w.says('keepalive', KEY, { group: 'db' });
    expect(await refused(w)).toMatchObject([
      { hostkey: KEY, reason: 'unknown_group', detail: 'no group is named "db"' },
    ]);
    expect(w.host(KEY)?.active).toBe('active');
    await w.create('group', { name: 'db', profile_id: profile, profile_name: 'db', profile_version: 'latest' });
    await w.awaits(() => w.server.state.world.groupByName('db') !== undefined, 'back');
    await w.says('keepalive', KEY, { group: 'db' });
    expect(await refused(w)).toEqual([]);
  });

  it('two rows with one hostkey: one of them lives, and losing the other ends nothing', async () => {
    const w = await startVirtualServer();
    await w.group('web');
    await w.settle(KEY);
    await w.settle('host-key-0002');
    await w.settle('host-key-0003');
    const other = idOf(w, 'host-key-0002');
    await w.edit('host', other, { hostkey: KEY });
    await w.says('keepalive', KEY);
    // Silent together, or the addresses of the one that never reports would stay in the sets.
    for (let minute = 0; minute < 31; minute += 1) {
      await w.says('keepalive', 'host-key-0003', { name: 'three.example.net' });
      await w.pass(60_000);
    }
    const states = [...w.server.state.world.rows('host').values()].map(({ hostkey, active }) => [hostkey, active]);
    expect(states).toEqual([
      [KEY, 'inactive'],
      [KEY, 'inactive'],
      ['host-key-0003', 'active'],
    ]);
    await w.awaits(() => w.relay.mails.length === 1, 'one mail');
    await w.says('keepalive', KEY);
    await w.flow(w.api('DELETE', `/api/V2/host/${other}`));
    await w.awaits(() => w.server.state.world.rows('host').size === 2, 'gone');
    expect(w.server.state.hosts.whereis(KEY)).toBeDefined();
    await w.says('keepalive', KEY);
    expect(w.host(KEY)?.active).toBe('active');
    expect(await refused(w)).toEqual([]);
  });

  it('cloned: two machines with one hostkey are listed until one of them has its own', async () => {
    const w = await startVirtualServer();
    await w.group('web');
    await w.settle(KEY);
    for (const name of ['one.example.net', 'two.example.net', 'one.example.net'])
      await w.says('keepalive', KEY, { name });
    expect(await refused(w)).toMatchObject([
      {
        hostkey: KEY,
        reason: 'cloned_hostkey',
        detail: expect.stringContaining('"one.example.net" and "two.example.net"') as unknown,
      },
    ]);
    for (let report = 0; report < 11; report += 1) await w.says('keepalive', KEY, { name: 'one.example.net' });
    expect(await refused(w)).toEqual([]);
  });

  it('of strangers only so many a minute are registered', async () => {
    const w = await startVirtualServer({ set: ['intake.registrations_per_minute=2'] });
    await w.group('web');
    for (const hostkey of ['host-key-0001', 'host-key-0002', 'host-key-0003']) await w.says('force', hostkey);
    expect(await refused(w)).toMatchObject([{ hostkey: 'host-key-0003', reason: 'registration_limit' }]);
    await w.pass(60_000);
    await w.settle('host-key-0003');
    expect(await refused(w)).toEqual([]);
  });
});

describe('what drifts', { timeout: 120_000 }, () => {
  it('is tolerated, then mailed once, sent again at the agreed rate, shown with what was sent and what came back', async () => {
    const w = await startVirtualServer();
    const { group } = await w.group('web');
    await w.settle(KEY);
    const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
    const tampered = { hash4_ipsets: 'a'.repeat(64) };
    const later = async (): Promise<void> => {
      await w.pass(50_000);
      await w.says('keepalive', KEY, tampered);
    };
    for (let i = 0; i < 3; i += 1) await later();
    expect(w.host(KEY)).toMatchObject({ active: 'active', hashpass: true, hash_fail_count: 0 });
    expect(ear.rulesets()).toEqual([]);
    await later();
    expect(w.host(KEY)).toMatchObject({ hashpass: true, hash_fail_count: 1 });
    await later();
    await w.awaits(() => w.host(KEY)?.hashpass === false, 'hashfail');
    await w.awaits(() => ear.rulesets().length === 1, 'the repair');
    await w.awaits(() => w.relay.mails.length === 1, 'the mail');
    await w.pass(30_000);
    await w.says('keepalive', KEY, tampered);
    await w.pass(1000);
    expect(ear.rulesets()).toHaveLength(1);
    await later();
    await w.awaits(() => ear.rulesets().length === 2, 'the second repair');
    const shown = await get(w, `/host/${idOf(w, KEY)}/drift`);
    expect(shown).toMatchObject({ state: 'active_hashfail', differing: ['hash4_ipsets'], repair_attempts: 2 });
    const sent = (await w.flow(w.ruleset(group))) as Record<string, JsonObject>;
    expect(shown.sent).toMatchObject({ hash4_ipsets: sent.set4?.hash, texts: { set4: sent.set4?.text } });
    expect(shown.reported).toMatchObject(tampered);
    const [mail] = w.relay.mails;
    expect(mail?.headers.get('subject')).toBe(`Dog Locally Modified On: ${KEY}.example.net`);
    expect(mail?.body).toContain(`"id":"${idOf(w, KEY)}","hash4_ipsets":false,"hash6_ipsets":true`);
    await w.says('keepalive', KEY);
    await w.awaits(() => w.relay.mails.length === 2, 'the good news');
    expect(w.subjects()[1]).toBe(`Dog Back In Control On: ${KEY}.example.net`);
    expect(await get(w, `/host/${idOf(w, KEY)}/drift`)).toMatchObject({ differing: [], since: null, state: 'active' });
  });

  it('behind a stream of edits, is repaired at full pace: it was never given the time', async () => {
    const w = await startVirtualServer({ set: ['hashcheck_alert_seconds=1'] });
    const { ruleset } = await w.group('web');
    await w.settle(KEY);
    await w.says('keepalive', KEY, { hash4_ipsets: 'a'.repeat(64) });
    for (let minute = 0; minute < 40; minute += 1) {
      const before = w.hashes('web').hash4_ipsets;
      await w.edit('ruleset', ruleset, {
        rules: { inbound: [{ ...RULE, comment: `minute ${minute}` }], outbound: [] },
      });
      // Compiling and storing take real time, which a virtual minute need not contain.
      await w.awaits(() => w.hashes('web').hash4_ipsets !== before, 'the publish');
      await w.pass(61_000);
      await w.says('keepalive', KEY, { hash4_ipsets: 'a'.repeat(64) });
    }
    await w.pass(1000);
    // Every other minute: each edit gives it time of its own.
    expect(w.server.state.drift.get(KEY)?.repairs).toBeGreaterThanOrEqual(18);
  });

  it('for good, is repaired ever more rarely; a report that agrees brings the pace back', async () => {
    const w = await startVirtualServer({ set: ['hashcheck_alert_seconds=1'] });
    await w.group('web');
    await w.settle(KEY);
    const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
    const tampered = { hash4_ipsets: 'a'.repeat(64) };
    const minutes = async (count: number): Promise<number> => {
      const before = ear.rulesets().length;
      for (let i = 0; i < count; i += 1) {
        await w.pass(61_000);
        await w.says('keepalive', KEY, tampered);
      }
      await w.pass(1000);
      return ear.rulesets().length - before;
    };
    // Two reports until it counts as drift, five repairs and one more at full pace, then pauses of 2, 4, 8 and 16.
    expect(await minutes(7)).toBeGreaterThanOrEqual(5);
    expect(await minutes(31)).toBeLessThanOrEqual(5);
    await w.says('keepalive', KEY);
    expect(await minutes(7)).toBeGreaterThanOrEqual(5);
  });

  it('is only reported with repair: false', async () => {
    const w = await startVirtualServer({ set: ['repair=false', 'hashcheck_alert_seconds=1'] });
    await w.group('web');
    await w.settle(KEY);
    const ear = await listenAsAgent(w.broker, { hostkey: KEY, group: 'web' });
    for (let i = 0; i < 4; i += 1) {
      await w.pass(60_000);
      await w.says('keepalive', KEY, { hash4_ipsets: 'a'.repeat(64) });
    }
    await w.awaits(() => w.relay.mails.length === 1, 'the mail');
    expect(ear.rulesets()).toEqual([]);
  });

  it('is found though the clock was set back a day', async () => {
    const w = await startVirtualServer();
    await w.group('web');
    await w.settle(KEY);
    w.clock.jump(-86_400_000);
    for (let i = 0; i < 6; i += 1) {
      await w.says('keepalive', KEY, { hash4_ipsets: 'a'.repeat(64) });
      await w.pass(60_000);
    }
    expect(w.host(KEY)?.hashpass).toBe(false);
  });
});

describe('the switch over publishing', { timeout: 120_000 }, () => {
  it('holds everything back, is audited, shown, and survives a restart', async () => {
    const data = temporaryDirectory();
    const w = await startVirtualServer({ data });
    const { group, ruleset } = await w.group('web');
    const before = await w.flow(w.ruleset(group));
    expect((await w.flow(w.api('POST', '/api/V2/publishing', { paused: true }))).status).toBe(200);
    await w.edit('ruleset', ruleset, { rules: { inbound: [], outbound: [] } });
    await w.pass(30_000);
    expect(w.server.state.world.groupByName('web')?.hash4_ipsets).toBe((before.set4 as JsonObject).hash);
    const ready = await w.flow(w.api('GET', '/readyz'));
    expect([ready.status, ready.text]).toEqual([200, expect.stringContaining('publishing: paused by')]);
    await w.stop();

    const again = await startVirtualServer({ data, clock: w.clock, relay: w.relay });
    await again.pass(30_000);
    expect((await again.flow(again.api('GET', '/readyz'))).text).toContain('publishing: paused by');
    expect(again.server.state.world.groupByName('web')?.hash4_ipsets).toBe((before.set4 as JsonObject).hash);
    await again.flow(again.api('POST', '/api/V2/publishing', { paused: false }));
    await again.awaits(async () => (await again.flow(again.ruleset(group))).state === 'published', 'published');
    expect(again.server.state.world.groupByName('web')?.hash4_ipsets).not.toBe((before.set4 as JsonObject).hash);
    const audit = (await again.flow(again.api('GET', '/api/V2/audit?table=setting'))).text;
    expect(audit).toMatch(/"paused":\s*false/);
    expect(audit).toMatch(/"paused":\s*true/);
  });
});
