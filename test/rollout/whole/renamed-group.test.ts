import { describe, expect, it } from 'vitest';
import { startSteppedFleet, type SteppedFleet } from './stepped-fleet.js';

/** Longer than any deadline of these rollouts. */
const LONG_MS = 30_000;

/** The hosts of `web` follow to its new name, one after the other, as an operator would have them. */
async function follow({ server, agentsOf }: SteppedFleet, name: string): Promise<void> {
  const { world } = server.server.state;
  for (const row of [...world.hostsOf('web')]) await server.edit('host', row.id, { group: name });
  await server.awaits(() => agentsOf(name).length === 4, 'the agents are in the group under its new name');
}

describe('a group that is renamed while a change goes to its hosts in steps', () => {
  it('has the same rollout, which gives the change to nobody while hosts have not followed, and then goes on in its steps', async () => {
    const stepped = await startSteppedFleet();
    const { edit, reaches, rollout, server, group, changedKeys } = stepped;
    await edit(1);
    await reaches('rolling');
    await server.awaits(() => changedKeys().length === 1, 'the first host has it');
    const { id, base, steps } = rollout();
    await server.edit('group', group, { name: 'www' });
    await server.awaits(() => rollout().groupName === 'www', 'the rollout has the new name');
    const given = () => server.server.state.outputs.get(group);
    await server.pass(LONG_MS);
    expect(rollout()).toMatchObject({ id, state: 'paused', pause: { kind: 'blind', from: 'rolling' } });
    expect(rollout().pause?.why).toBe('4 hosts are still in group "web", as it was called before');
    expect([given()?.groupName, given()?.ruleset.id, changedKeys()]).toEqual(['www', base.id, steps[0]?.hosts]);
    await follow(stepped, 'www');
    await reaches('done');
    expect(rollout().steps.length).toBeGreaterThan(1);
    await server.awaits(() => changedKeys().length === 4, 'all have it');
  });

  it('and edited after that begins with one host, when its hosts have followed', async () => {
    const stepped = await startSteppedFleet();
    const { edit, reaches, rollout, server, group, changedKeys } = stepped;
    await server.edit('group', group, { name: 'www' });
    await server.awaits(() => server.server.state.outputs.get(group)?.groupName === 'www', 'it is renamed');
    await edit(1);
    await reaches('paused');
    await server.pass(LONG_MS);
    expect([rollout().steps, changedKeys()]).toEqual([[], []]);
    await follow(stepped, 'www');
    await server.awaits(() => rollout().steps.length > 0, 'the first step');
    expect(rollout().steps[0]?.hosts).toHaveLength(1);
    await reaches('done');
  });

  it.each(['paused', 'rolled_back'] as const)(
    'is as it was when it was %s: a rename is no word on the change',
    async (state) => {
      const { edit, reaches, order, rollout, server, group } = await startSteppedFleet();
      await edit(1);
      await reaches('rolling');
      await order(state === 'paused' ? 'pause' : 'abort');
      const { id } = await reaches(state);
      await server.edit('group', group, { name: 'www' });
      await server.awaits(() => rollout().groupName === 'www', 'the rollout has the new name');
      await server.pass(LONG_MS);
      expect(rollout()).toMatchObject({ id, state });
    },
  );
});

it('a change of a group whose hosts are all silent waits for one of them, and begins with one host', async () => {
  const { edit, reaches, rollout, server, agentsOf, changedKeys } = await startSteppedFleet();
  const agents = agentsOf('web');
  await Promise.all(agents.map((agent) => agent.inject({ kind: 'silent' })));
  await server.pass(LONG_MS);
  await edit(1);
  const paused = await reaches('paused');
  expect(paused.pause).toMatchObject({ kind: 'blind', from: 'planned', why: 'none of its 4 hosts reports' });
  await server.pass(LONG_MS);
  expect([rollout().state, changedKeys()]).toEqual(['paused', []]);
  await Promise.all(agents.map((agent) => agent.inject({ kind: 'talkative' })));
  await server.awaits(() => rollout().steps.length > 0, 'the first step');
  expect(rollout().steps[0]?.hosts).toHaveLength(1);
  await reaches('done');
  await server.awaits(() => changedKeys().length === agents.length, 'all have it');
});
