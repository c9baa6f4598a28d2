import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../../src/broker/memory/memory-broker.js';
import { textOf } from '../../../src/model/text-of.js';
import { RULE } from '../../support/api-client.js';
import { startSteppedFleet } from './stepped-fleet.js';

/** docs/rollout.md#what-always-holds: what rollout.test.ts does not show. */
describe('what must always hold in a rollout', () => {
  it('abort wins, also before anybody has it, and while it is paused', async () => {
    const { edit, reaches, order, changedKeys, server, rollout } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    await order('pause');
    expect((await order('abort')).status).toBe(200);
    await reaches('rolled_back');
    await server.awaits(() => changedKeys().length === 0, 'nobody has it');
    // The same change is not begun again by itself: not by a restart of the group's actor, and not by a look at all.
    server.server.state.groups.send(rollout().groupId, { tag: 'assigned_anew' });
    await server.pass(20_000);
    expect([rollout().state, changedKeys()]).toEqual(['rolled_back', []]);
  });

  it('what was rolled back can be rolled out again, and begins with one host', async () => {
    const { edit, reaches, order, rollout, server, changed, agentsOf } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    await order('abort');
    const { id } = await reaches('rolled_back');
    expect((await order('resume')).status).toBe(200);
    await server.awaits(() => rollout().id !== id && rollout().steps.length > 0, 'a new rollout');
    expect(rollout().steps[0]?.hosts).toHaveLength(1);
    await reaches('done');
    await server.awaits(() => changed() === agentsOf('web').length, 'all have it');
  });

  it('our own blindness pauses it: the broker away', async () => {
    const broker = createMemoryBroker();
    const { edit, reaches, rollout, server } = await startSteppedFleet({ broker });
    await edit(1);
    await reaches('rolling');
    broker.fail('by the test');
    expect((await reaches('paused')).pause).toMatchObject({ kind: 'blind', from: 'rolling' });
    // For longer than any deadline.
    await server.pass(30_000);
    expect(rollout().state).toBe('paused');
    broker.recover();
    await reaches('done');
    expect(rollout().failed).toEqual([]);
  });

  it('a clock that jumps is no silence of hosts', async () => {
    const { edit, reaches, server, rollout } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    server.clock.jump(3_600_000);
    await server.pass(1000);
    server.clock.jump(-3_600_000);
    await server.awaits(() => rollout().endedAt !== null, 'it is over');
    expect(rollout()).toMatchObject({ state: 'done', failed: [] });
  });

  it.each([
    ['moves to another group', { group: 'db' }],
    ['retires', { active: 'retired' }],
  ])('a first host that %s is not judged; another takes its place, as the first', async (_what, change) => {
    const { edit, reaches, canary, rollout, server } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    const first = canary();
    await first.inject({ kind: 'tampered' });
    const row = server.server.state.world.hostByKey(first.hostkey);
    await server.edit('host', textOf(row?.id), change);
    await server.awaits(() => rollout().steps.length > 1, 'the next step');
    expect(rollout().steps[1]?.hosts).toHaveLength(1);
    expect(rollout().steps[1]?.hosts).not.toContain(first.hostkey);
    await reaches('done');
  });

  it('a host that joins meanwhile gets what the group has, and the change at last', async () => {
    const { edit, reaches, order, agentsOf, server, changedKeys, fleet } = await startSteppedFleet();
    const other = agentsOf('db')[0];
    await edit(1);
    await reaches('rolling');
    await order('pause');
    const base = server.server.state.outputs.get(server.server.state.world.groupByName('web')?.id ?? '')?.ruleset;
    const row = server.server.state.world.hostByKey(other?.hostkey ?? '');
    await server.edit('host', textOf(row?.id), { group: 'web' });
    await server.awaits(
      () => agentsOf('web').length === 5 && other?.progress().hashes.hash4_ipsets === base?.texts.set4.hash,
      'it has what the group has',
    );
    await server.pass(10_000);
    expect(other?.progress().hashes.hash4_ipsets).toBe(base?.texts.set4.hash);
    await order('resume');
    await reaches('done');
    await server.awaits(() => changedKeys().length === 5, 'all have the change');
    expect(fleet.agents).toHaveLength(8);
  });

  it('nothing ships that was edited after it began: what all get is what the first host showed', async () => {
    const { edit, reaches, order, rollout, server, agentsOf } = await startSteppedFleet();
    await edit(1);
    await reaches('promoting');
    const { id, candidate } = rollout();
    await edit(2);
    await server.awaits(() => rollout().id !== id || rollout().state === 'done', 'the first is over');
    expect(server.server.state.outputs.get(rollout().groupId)?.ruleset.id).toBe(candidate.id);
    await server.awaits(() => rollout().id !== id && rollout().steps.length > 0, 'the second has begun');
    expect(rollout().base.id).toBe(candidate.id);
    await order('pause');
    await server.pass(5000);
    const second = agentsOf('web').filter(
      (agent) => agent.progress().hashes.hash4_ipsets === rollout().candidate.texts.set4.hash,
    );
    expect(second.map(({ hostkey }) => hostkey)).toEqual(rollout().steps[0]?.hosts);
  });

  it('in a hurry it still begins with one host, wants a reason, and says who answers for it', async () => {
    const policy = { steps: [{ percent: 75 }, { all: true }], bake_keepalives: 0, deadline_seconds: 8 };
    const broker = createMemoryBroker();
    const { edit, reaches, order, rollout, server } = await startSteppedFleet({ policy, broker });
    // It waits until agents can be heard: an operator has time to say so.
    broker.fail('by the test');
    await edit(1);
    await reaches('planned');
    const without = await server.flow(server.api('POST', `/api/V2/rollout/${rollout().id}/promote`, {}));
    expect(without.status).toBe(400);
    expect((await order('promote', 'it burns')).status).toBe(200);
    broker.recover();
    await reaches('promoting');
    expect(rollout().steps.map(({ hosts }) => hosts.length)).toEqual([1]);
    expect(rollout().hurry).toMatchObject({ reason: 'it burns' });
    await reaches('done');
  });

  it('a deleted group takes its rollout and its policy along', async () => {
    const { edit, reaches, server, group } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    const { state } = server.server;
    expect((await server.flow(server.api('DELETE', `/api/V2/group/${group}?force=true`))).status).toBeLessThan(500);
    if (state.world.rows('group').has(group)) {
      for (const row of state.world.hostsOf('web')) await server.edit('host', row.id, { group: 'db' });
      expect((await server.flow(server.api('DELETE', `/api/V2/group/${group}`))).status).toBeLessThan(300);
    }
    await server.awaits(() => state.outputs.rollouts.get(group) === undefined, 'no rollout is left');
    await server.awaits(
      async () => (await state.store.get('rollout_policy', group)) === undefined,
      'no policy is left',
    );
    expect(state.alarms.list().filter(({ id }) => id.startsWith('rollout.'))).toEqual([]);
  });

  it('a pin ends the rollout, and all have the revision that it names', async () => {
    const { edit, reaches, rollout, server, group, changedKeys } = await startSteppedFleet();
    await edit(1);
    await reaches('rolling');
    await server.awaits(() => changedKeys().length === 1, 'the first host has it');
    const pinned = await server.flow(server.api('POST', `/api/V2/group/${group}/revisions/1/pin`, { reason: 'hold' }));
    expect(pinned.status, pinned.text).toBeLessThan(300);
    await reaches('superseded');
    expect(rollout().why).toContain('held at a revision');
    await server.awaits(() => changedKeys().length === 0, 'all have what they had');
  });

  it('a group without hosts gets its change at once, and one whose hosts can not show theirs waits for an operator', async () => {
    const { server, json, fleet } = await startSteppedFleet({ agents: 10 });
    const { state } = server.server;
    const { group, ruleset } = await server.group('empty');
    await json('PUT', '/api/V2/rollout-policy/empty', { steps: [{ hosts: 1 }, { all: true }] });
    const change = (comment: string) =>
      server.edit('ruleset', ruleset, { rules: { inbound: [RULE, { ...RULE, comment }], outbound: [] } });
    await change('first');
    await server.awaits(() => state.outputs.rollouts.get(group)?.state === 'done', 'it is done');
    // The tenth host runs the agent that can not show its rules.
    const elixir = state.world.hostByKey(fleet.agents[9]?.hostkey ?? '');
    expect(elixir?.unverified).toBe(true);
    await server.edit('host', textOf(elixir?.id), { group: 'empty' });
    await fleet.agents[9]?.inject({ kind: 'restarts' });
    await server.awaits(() => state.world.hostsOf('empty').length === 1, 'it is there');
    await server.pass(3000);
    await change('second');
    const paused = await server.awaits(() => {
      const rollout = state.outputs.rollouts.get(group);
      return rollout?.number === 2 && rollout.state === 'paused' ? rollout : undefined;
    }, 'it is paused');
    expect(paused.pause?.why).toContain('can show that it has the new rules');
    const promote = await server.flow(server.api('POST', `/api/V2/rollout/${paused.id}/promote`, { reason: 'seen' }));
    expect(promote.status).toBe(200);
    await server.awaits(() => state.outputs.rollouts.get(group)?.state === 'done', 'it is done');
  });

  it.each(['repair=false', 'check_v6_hashes=false'])('with %s it goes through', async (setting) => {
    const { edit, reaches, server, changed, agentsOf } = await startSteppedFleet({ set: [setting] });
    await edit(1);
    await reaches('done');
    await server.awaits(() => changed() === agentsOf('web').length, 'all have it');
  });
});
