import { describe, expect, it } from 'vitest';
import { startSteppedFleet } from './stepped-fleet.js';

/** docs/rollout.md#what-always-holds, each against the whole server and simulated agents, on virtual time. */
describe('a change of a group that goes in steps', () => {
  it('reaches one host first, then half of them, then all, and no host before its step', async () => {
    const { server, edit, rollout, reaches, changedKeys, fleet, agentsOf } = await startSteppedFleet();
    await edit(1);
    const seen = new Set<number>();
    await reaches('rolling');
    await server.awaits(() => {
      const keys = changedKeys();
      seen.add(keys.length);
      const { state, steps } = rollout();
      const ahead = steps.flatMap(({ hosts }) => hosts);
      if (state === 'planned' || state === 'rolling') expect(ahead).toEqual(expect.arrayContaining([...keys]));
      return state === 'done';
    }, 'the rollout is done');
    expect([...seen].sort()).toEqual(expect.arrayContaining([1, 2, 4]));
    expect(new Set(changedKeys())).toEqual(new Set(agentsOf('web').map(({ hostkey }) => hostkey)));
    expect(fleet.agents).toHaveLength(8);
  });

  it('is taken back from a first host that does not load it; no other host ever has it', async () => {
    const { server, edit, reaches, canary, changedKeys, rollout } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    const first = canary();
    await first.inject({ kind: 'tampered' });
    const others = new Set<string>();
    await server.awaits(() => {
      for (const key of changedKeys()) if (key !== first.hostkey) others.add(key);
      void first.inject({ kind: 'tampered' });
      return rollout().state !== 'rolling';
    }, 'it is not rolling any more');
    expect(rollout().failed).toEqual([expect.objectContaining({ hostkey: first.hostkey, status: 'differs' })]);
    await reaches('rolled_back');
    expect([...others]).toEqual([]);
    await server.awaits(() => changedKeys().length === 0, 'the first host has its former rules');
    expect(server.server.state.alarms.list().map(({ id }) => id)).toContainEqual(
      expect.stringMatching(/^rollout\.rolled_back:/),
    );
  });

  it('is taken back from a first host that falls silent while others report', async () => {
    const { edit, reaches, canary, rollout, changedKeys, server } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    await canary().inject({ kind: 'silent' });
    await server.awaits(() => rollout().state !== 'rolling', 'it is judged');
    expect(rollout().failed).toEqual([expect.objectContaining({ status: 'silent' })]);
    await reaches('rollback_blocked');
    await canary().inject({ kind: 'talkative' });
    await reaches('rolled_back');
    await server.awaits(() => changedKeys().length === 0, 'the first host has its former rules');
  });

  it('that a silent host keeps from being taken back gives way to a newer edit', async () => {
    const { edit, reaches, canary, rollout, server, changedKeys, agentsOf } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    const gone = canary();
    await gone.inject({ kind: 'silent' });
    await reaches('rollback_blocked');
    const { id } = rollout();
    await edit(2);
    await server.awaits(() => rollout().id !== id && rollout().state === 'done', 'the newer one is done');
    expect(rollout().steps.flatMap(({ hosts }) => hosts)).not.toContain(gone.hostkey);
    await gone.inject({ kind: 'talkative' });
    await server.awaits(() => changedKeys().length === agentsOf('web').length, 'the silent one has it too');
  });

  it('pauses, and is never taken back, when hosts that have nothing new are silent too', async () => {
    const { edit, reaches, fleet, rollout, server } = await startSteppedFleet({ agents: 10 });
    await edit(1);
    await reaches('rolling');
    await Promise.all(fleet.agents.slice(0, 9).map((agent) => agent.inject({ kind: 'silent' })));
    const paused = await reaches('paused');
    expect(paused.pause).toMatchObject({ kind: 'blind', from: 'rolling' });
    expect(paused.pause?.why).toMatch(/outside of the rollout are silent too/);
    await server.pass(30_000);
    expect(rollout().state).toBe('paused');
    await Promise.all(fleet.agents.map((agent) => agent.inject({ kind: 'talkative' })));
    await reaches('done');
  });

  it('stops when no agent is heard at all, and goes on by itself', async () => {
    const { edit, reaches, fleet } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    await Promise.all(fleet.agents.map((agent) => agent.inject({ kind: 'silent' })));
    const { pause } = await reaches('paused');
    expect(pause?.kind).toBe('blind');
    await Promise.all(fleet.agents.map((agent) => agent.inject({ kind: 'talkative' })));
    await reaches('done');
  });

  it.each(['rolling', 'promoting'] as const)(
    'is taken back from everybody when it is aborted while %s',
    async (state) => {
      const { edit, reaches, order, changedKeys, server, rollout } = await startSteppedFleet();
      await edit(1);
      await reaches(state);
      expect((await order('abort')).status).toBe(200);
      await reaches('rolled_back');
      await server.awaits(() => changedKeys().length === 0, 'nobody has it');
      await server.pass(20_000);
      expect(changedKeys()).toEqual([]);
      expect(rollout().why).toMatch(/aborted by .*: by the test/);
    },
  );

  it('gives a host that starts anew, or is repaired, the revision of its step', async () => {
    const { edit, reaches, canary, changedKeys, order, agentsOf, server } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    await server.awaits(() => changedKeys().length === 1, 'the first host has it');
    expect((await order('pause')).status).toBe(200);
    const first = canary();
    const other = agentsOf('web').find(({ hostkey }) => hostkey !== first.hostkey);
    await server.flow(Promise.all([first.inject({ kind: 'restarts' }), other?.inject({ kind: 'restarts' })]));
    await first.inject({ kind: 'tampered' });
    await other?.inject({ kind: 'tampered' });
    await server.awaits(() => changedKeys().length === 1, 'both are repaired');
    await server.pass(15_000);
    expect(changedKeys()).toEqual([first.hostkey]);
    await server.flow(server.api('GET', '/api/publish?group=web'));
    await server.pass(15_000);
    expect(changedKeys()).toEqual([first.hostkey]);
    expect((await order('resume')).status).toBe(200);
    await reaches('done');
  });

  it('is superseded by an edit in between, and the newer one begins with the same host', async () => {
    const { edit, reaches, rollout, server } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    const { id, steps } = rollout();
    await edit(2);
    await server.awaits(() => rollout().id !== id && rollout().steps.length > 0, 'the newer one has begun');
    expect(rollout().steps[0]?.hosts).toEqual(steps[0]?.hosts);
    const rows = (await server.flow(server.api('GET', '/api/V2/rollouts?state=superseded'))).json;
    expect(rows).toEqual([expect.objectContaining({ id, why: expect.stringContaining(rollout().id) as string })]);
    await reaches('done');
  });

  it('ends when the edit is undone, and everybody has what they had', async () => {
    const { edit, reaches, changedKeys, server, ruleset, rollout } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    await server.awaits(() => changedKeys().length === 1, 'the first host has it');
    const { RULE } = await import('../../support/api-client.js');
    await server.edit('ruleset', ruleset, { rules: { inbound: [RULE], outbound: [] } });
    await server.awaits(() => rollout().endedAt !== null, 'it is over');
    expect(rollout()).toMatchObject({ promotedAt: null, why: 'policy compiles again to what its hosts had' });
    await server.awaits(() => changedKeys().length === 0, 'nobody has it');
  });

  it('lets changes of addresses reach all hosts meanwhile', async () => {
    const { edit, reaches, order, fleet, server } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    expect((await order('pause')).status).toBe(200);
    const zone = await server.create('zone', { name: 'office', ipv4_addresses: ['10.1.2.3'], ipv6_addresses: [] });
    await server.awaits(
      () => fleet.progress().every(({ hashes }) => hashes.ipset_hash === fleet.progress()[0]?.hashes.ipset_hash),
      'the same sets',
    );
    const before = fleet.progress()[0]?.hashes.ipset_hash;
    await server.edit('zone', zone, { ipv4_addresses: ['10.1.2.3', '10.9.9.9'] });
    await server.awaits(
      () => fleet.progress().every(({ hashes }) => hashes.ipset_hash !== before),
      'all hosts have the new address',
    );
    expect((await order('resume')).status).toBe(200);
    await reaches('done');
  });

  it('goes on from the store with the same hosts after a stop of the server', async () => {
    const first = await startSteppedFleet();
    await first.edit(1);
    await first.reaches('rolling');
    const { steps, id } = first.rollout();
    await first.server.stop();
    const doc = first.server.data;
    expect(doc).toBeDefined();
    const { startVirtualServer } = await import('../../support/virtual-server.js');
    const again = await startVirtualServer({ data: doc, broker: first.server.broker, clock: first.server.clock });
    const { rollouts } = again.server.state.outputs;
    expect(rollouts.get(first.group)).toMatchObject({ id, steps: [{ hosts: steps[0]?.hosts }] });
    await again.awaits(() => rollouts.get(first.group)?.state === 'done', 'it is done');
    await again.awaits(() => first.changed() === first.agentsOf('web').length, 'all hosts have it');
  });

  it('refuses what can not be done, and says why', async () => {
    const { edit, reaches, order, server } = await startSteppedFleet({ agents: 4 });
    expect((await server.flow(server.api('POST', '/api/V2/rollout/none/abort', { reason: 'x' }))).status).toBe(404);
    await edit(1);
    await reaches('done');
    const late = await order('abort');
    expect([late.status, late.text]).toEqual([409, expect.stringContaining('it is done')]);
    const without = await server.flow(server.api('POST', '/api/V2/rollout/none/abort', {}));
    expect([without.status, without.text]).toEqual([400, expect.stringContaining('reason')]);
    const bad = await server.flow(server.api('PUT', '/api/V2/rollout-policy/web', { steps: [{ hosts: 0 }] }));
    expect([bad.status, bad.text]).toEqual([400, expect.stringContaining('steps[0].hosts')]);
  });
});
