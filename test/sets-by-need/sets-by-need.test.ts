import { describe, expect, it } from 'vitest';
import { BY_GROUP, newestSetHash } from '../../src/actors/hosts/wanted-hashes.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { Document } from '../../src/model/document.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import { startVirtualServer } from '../support/virtual-server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { differing, from, SHORT, startNeedFleet, type NeedFleet } from './need-fleet.js';

function keysOf(fleet: NeedFleet, group: string): readonly string[] {
  return fleet.agentsOf(group).map(({ hostkey }) => hostkey);
}

/** docs/sets-by-need.md, with the whole server and simulated agents of both kinds, on virtual time. */
describe('sets that go by group', () => {
  it('come with the rules that name them, to all agents, and nothing goes to everybody', async () => {
    const f = await startNeedFleet();
    expect(f.wire.keys()).not.toContain('sets');
    const first = f.wire.heard.find(({ key }) => key === '*.*.web.*');
    const { ipsets, ruleset4_ipset } = decodeRulesPayload(first?.body ?? Buffer.of());
    expect(ruleset4_ipset).toContain('office_zv4');
    expect(ipsets).toContain('create office_zv4 ');
    expect(ipsets).not.toContain('lab_zv4');
    expect(f.server.subjects()).toEqual([]);
  });

  it('reach just the hosts whose rules name the set when an address changes, and leave their rules alone', async () => {
    const f = await startNeedFleet();
    const before = f.taken();
    const rules = f.fleet.agents.map((agent) => agent.progress().rulesetsApplied);
    f.wire.clear();
    await f.server.edit('zone', f.office, { ipv4_addresses: ['192.0.2.77'] });
    await f.server.awaits(() => f.wire.keys().length > 0, 'something is sent');
    await f.converged();
    await f.server.pass(20_000);
    expect(f.wire.keys()).toEqual(['*.*.web.*']);
    expect(differing(before, f.taken())).toEqual(keysOf(f, 'web'));
    expect(f.fleet.agents.map((agent) => agent.progress().rulesetsApplied)).toEqual(rules);
  });

  it('go from hosts whose rules do not name them any more', async () => {
    const f = await startNeedFleet();
    f.wire.clear();
    await f.server.edit('ruleset', f.web.ruleset, { rules: { inbound: from(f.lab), outbound: [] } });
    await f.server.awaits(() => f.wire.texts('*.*.web.*').at(-1)?.includes('lab_zv4'), 'the new rules');
    await f.converged();
    expect(f.wire.keys()).toEqual(['*.*.web.*', '*.*.web.*']);
    expect(f.server.subjects()).toEqual([]);
  });

  it('are left alone by a zone that grew too large, where rules do not name it', async () => {
    const f = await startNeedFleet();
    f.wire.clear();
    // Not next to each other: those would be one net.
    const many = Array.from({ length: 70_000 }, (_, i) => `10.${i >> 15}.${(i >> 7) & 255}.${(i & 127) * 2}`);
    // The API refuses that; a linked server or an old console does not.
    const { store } = f.server.server.state;
    const edit = (row: Document) => ({ ...row, ipv4_addresses: many });
    await f.server.flow(store.commit([{ op: 'edit', table: 'zone', id: f.lab, edit }], { author: 'test' }));
    await f.server.awaits(
      () => f.server.server.state.sets.published?.problems.some(({ set }) => set === 'lab_zv4'),
      'the zone is over-full',
    );
    await f.server.edit('zone', f.office, { ipv4_addresses: ['192.0.2.78'] });
    await f.server.awaits(() => f.wire.keys().includes('*.*.web.*'), 'web has its address');
    await f.converged();
    expect(f.wire.keys()).not.toContain('*.*.db.*');
  });

  it('follow a host that is moved, and go when its new rules are in', async () => {
    const f = await startNeedFleet();
    const agent = f.agentsOf('web')[0];
    const host = f.server.host(agent?.hostkey ?? '');
    await f.server.edit('host', host?.id ?? '', { group: 'db' });
    await f.server.awaits(() => agent?.progress().group === 'db', 'the agent knows');
    await f.converged();
    // It goes on listening to its old group, and gets its own copy after that, not for what it reports.
    await agent?.inject({ kind: 'silent' });
    f.wire.clear();
    await f.server.edit('zone', f.office, { ipv4_addresses: ['192.0.2.79'] });
    await f.server.awaits(() => f.wire.keys().includes(`*.*.*.${agent?.hostkey}`), 'its own copy');
    await f.server.pass(1000);
    expect([...(agent?.kernel.sets.keys() ?? [])].sort()).toEqual(['lab_zv4', 'lab_zv6']);
    await agent?.inject({ kind: 'talkative' });
    await f.server.edit('zone', f.lab, { ipv4_addresses: ['192.0.2.80'] });
    await f.server.pass(3000);
    await f.converged();
    expect(f.server.subjects()).toEqual([]);
  });

  it('are brought back to a host that lost them, and to one that starts anew', async () => {
    const f = await startNeedFleet();
    const [lost, fresh] = f.agentsOf('web');
    f.wire.clear();
    lost?.kernel.restoreSets('add office_zv4 198.51.100.9 -exist\n');
    await fresh?.inject({ kind: 'restarts' });
    await f.server.awaits(() => f.wire.keys().includes(`*.*.*.${lost?.hostkey}`), 'a repair');
    await f.converged();
    expect(f.wire.keys().every((key) => key.startsWith('*.*.*.'))).toBe(true);
  });

  it('are the ones of a revision, and of what drift is told from', async () => {
    const f = await startNeedFleet();
    const { state } = f.server.server;
    const hash = state.groupSets.of(state.outputs.get(f.web.group)?.ruleset.sets ?? [])?.hash;
    const { json } = await f.server.flow(f.server.api('GET', `/api/V2/host/${f.agentsOf('web')[0]?.hostkey}/drift`));
    expect(json).toMatchObject({ sent: { ipset_hash: [hash] }, reported: { ipset_hash: hash }, differing: [] });
    const row = await f.server.flow(Promise.resolve(state.store.get('revision', `${f.web.group}/1`)));
    expect(row?.doc['ipset_hash']).toBe(hash);
  });

  it('are sent as they are in a rollout: the new rules bring theirs to hosts that have them, and addresses of now', async () => {
    const f = await startNeedFleet();
    const policy = {
      steps: [{ hosts: 1 }, { all: true }],
      bake_keepalives: 8,
      deadline_seconds: 30,
    };
    const put = await f.server.flow(f.server.api('PUT', '/api/V2/rollout-policy/web', policy));
    expect(put.status).toBeLessThan(300);
    await f.server.edit('ruleset', f.web.ruleset, { rules: { inbound: from(f.lab), outbound: [] } });
    const { rollouts } = f.server.server.state.outputs;
    const first = await f.server.awaits(() => rollouts.get(f.web.group)?.steps[0]?.hosts[0], 'the first host');
    const ahead = f.fleet.agents.find(({ hostkey }) => hostkey === first);
    const held = (agent: NeedFleet['fleet']['agents'][number] | undefined) => [...(agent?.kernel.sets.keys() ?? [])];
    let repairs = 0;
    await f.server.awaits(() => {
      repairs += f.server.server.state.drift.get(first)?.repairs ?? 0;
      return held(ahead).sort().join() === 'lab_zv4,lab_zv6';
    }, 'the first host holds the new sets alone');
    expect(repairs).toBe(0);
    // Not for what it reports.
    await ahead?.inject({ kind: 'silent' });
    await f.server.edit('zone', f.lab, { ipv4_addresses: ['192.0.2.90'] });
    await f.server.awaits(() => ahead?.kernel.saveSets().includes('192.0.2.90'), 'the first host has the new address');
    await ahead?.inject({ kind: 'talkative' });
    await f.server.edit('zone', f.office, { ipv4_addresses: ['192.0.2.91'] });
    await f.server.pass(1000);
    expect(rollouts.get(f.web.group)?.state).toBe('rolling');
    for (const agent of f.agentsOf('web'))
      if (agent !== ahead) expect(held(agent).sort()).toEqual(['office_zv4', 'office_zv6']);
    await f.server.awaits(() => rollouts.get(f.web.group)?.state === 'done', 'the rollout is done');
    await f.converged();
    expect(f.server.subjects()).toEqual([]);
  });
});

it('a plan counts the hosts whose rules name what changes', async () => {
  const f = await startNeedFleet();
  const { foresight, world } = f.server.server.state;
  const doc = { ...world.rows('zone').get(f.office), id: f.office, ipv4_addresses: ['192.0.2.99'] };
  const { hostsTouched, sets } = await f.server.flow(
    foresight.wouldShip([{ table: 'zone', id: f.office, after: doc }]),
  );
  expect(sets.map(({ name }) => name)).toEqual(['office_zv4']);
  expect(hostsTouched).toBe(10);
});

it('a restart sends nothing that hosts have', async () => {
  const data = temporaryDirectory();
  const broker = createMemoryBroker();
  const f = await startNeedFleet({ data, broker });
  await f.server.pass(20_000);
  await f.server.stop();
  f.wire.clear();
  const { clock, relay } = f.server;
  const next = await startVirtualServer({ data, broker, clock, relay, set: [...SHORT, 'ipset_scope=group'] });
  await next.pass(20_000);
  await f.converged(next);
  expect(f.wire.keys()).toEqual([]);
});

it('go from hosts by the group’s key, though the server was started anew just after the new rules', async () => {
  const data = temporaryDirectory();
  const broker = createMemoryBroker();
  const f = await startNeedFleet({ data, broker });
  await f.server.pass(20_000);
  f.wire.clear();
  await f.server.edit('ruleset', f.web.ruleset, { rules: { inbound: from(f.lab), outbound: [] } });
  await f.server.awaits(() => f.wire.texts('*.*.web.*').at(-1)?.includes('lab_zv4'), 'the new rules');
  await f.server.stop();
  const { clock, relay } = f.server;
  const next = await startVirtualServer({ data, broker, clock, relay, set: [...SHORT, 'ipset_scope=group'] });
  await f.converged(next);
  await next.pass(20_000);
  expect(f.wire.keys()).toEqual(['*.*.web.*', '*.*.web.*']);
});

it('the scope is switched on a store that is in use, to and fro, and no host is reported as wrong', async () => {
  const data = temporaryDirectory();
  const broker = createMemoryBroker();
  const f = await startNeedFleet({ scope: 'all', data, broker });
  let last = f.server;
  for (const scope of ['group', 'all', 'group']) {
    await last.stop();
    f.wire.clear();
    const { clock, relay } = f.server;
    last = await startVirtualServer({ data, broker, clock, relay, set: [...SHORT, `ipset_scope=${scope}`] });
    await f.converged(last);
    await last.pass(20_000);
    expect(f.wire.keys().includes('sets'), scope).toBe(scope === 'all');
    expect(last.subjects()).toEqual([]);
    // Nothing is compared with what went to all before, until all sets have gone to all again.
    const newest = newestSetHash(last.server.state.world.rows('ipset').values());
    expect(newest === BY_GROUP, scope).toBe(scope === 'group');
  }
});
