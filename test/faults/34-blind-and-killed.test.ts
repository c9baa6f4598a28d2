import { expect, it, onTestFinished } from 'vitest';
import { FleetOfServers } from './rollouts/fleet-of-servers.js';
import type { Deadly } from './rollouts/killable-server.js';

/** Longer than any deadline of the trial. */
const SILENCE_MS = 30_000;
const ENOUGH_MS = 60_000;

async function begin(options: ConstructorParameters<typeof FleetOfServers>[0] = {}, agents = 9) {
  const world = new FleetOfServers(options);
  onTestFinished(() => world.stop());
  await world.start({ agents });
  const rollout = () => world.state?.outputs.rollouts.get(world.web);
  return {
    world,
    rollout,
    edit: () => world.edit('ruleset', world.ruleset, { rules: { inbound: world.rules(1), outbound: [] } }),
  };
}

const BLIND = ['the broker is away', 'no agent is heard', 'most hosts are silent'] as const;

/** Trial 34, of the rollout kind: what this server can't see is nobody's fault. */
it.each(BLIND)(
  'trial 34: while %s a rollout stands still, and is never taken back',
  { timeout: 60_000 },
  async (how) => {
    const { world, rollout, edit } = await begin();
    await edit();
    await world.until(() => rollout()?.state === 'rolling', 'it is rolling', ENOUGH_MS);
    const silent = how === 'most hosts are silent' ? world.agents.slice(0, 8) : world.agents;
    if (how === 'the broker is away') world.broker.fail('by the trial');
    else await Promise.all(silent.map((agent) => agent.inject({ kind: 'silent' })));
    await world.until(() => rollout()?.pause?.kind === 'blind', 'it stands still', ENOUGH_MS);
    await world.pass(SILENCE_MS);
    expect(rollout()?.state).toBe('paused');
    world.broker.recover();
    await Promise.all(world.agents.map((agent) => agent.inject({ kind: 'talkative' })));
    await world.until(() => rollout()?.state === 'done', 'it is done', ENOUGH_MS);
    expect(world.ledger.states.get('rolling_back')).toBeUndefined();
    expect(world.ledger.faults).toEqual([]);
  },
);

it(
  'trial 34 without the guard, and without others to compare with: a silence of all is taken for a wrong change',
  { timeout: 60_000 },
  async () => {
    const { world, rollout, edit } = await begin({ set: ['max_interval_since_last_agent_update=1000000'] }, 1);
    await edit();
    await world.until(() => rollout()?.state === 'rolling', 'it is rolling', ENOUGH_MS);
    await Promise.all(world.agents.map((agent) => agent.inject({ kind: 'silent' })));
    await world.until(() => rollout()?.state === 'rolling_back', 'it is taken back', ENOUGH_MS);
    process.stdout.write('protection off, trial 34: a right change was taken back because nobody was heard\n');
  },
);

/** A rollout in which the server is killed at this transition, and another one follows; gives what went over the wire. */
async function killedAt(nth: number, when: Deadly) {
  const { world, rollout, edit } = await begin();
  await edit();
  for (const server of world.servers) server.dieAt(nth, when);
  for (let passed = 0; rollout()?.state !== 'done' && passed < ENOUGH_MS; passed += 100) {
    await world.pass(100);
    if (world.servers.every(({ alive }) => !alive)) await world.flow(world.startServer());
  }
  await world.until(() => world.differing().length === 0, 'all hosts are right', ENOUGH_MS);
  expect(world.ledger.faults).toEqual([]);
  const of = world.wire.filter(({ texts }) => texts.includes('edit 1"'));
  const killed = world.servers.some(({ alive }) => !alive);
  return { killed, keys: new Set(of.map(({ key }) => key)), texts: new Set(of.map(({ texts }) => texts)) };
}

it(
  'trial 34: killed at any transition, the next server sends the same hosts the same bytes',
  { timeout: 300_000 },
  async () => {
    const whole = await killedAt(Infinity, 'after');
    expect(whole.texts.size).toBe(1);
    expect(whole.keys.size).toBe(4);
    let kills = 0;
    for (const when of ['before', 'after'] as const) {
      for (let nth = 1; ; nth += 1) {
        const { killed, keys, texts } = await killedAt(nth, when);
        if (!killed) break;
        kills += 1;
        expect({ nth, when, texts, keys }).toEqual({ nth, when, texts: whole.texts, keys: whole.keys });
      }
    }
    expect(kills).toBeGreaterThan(10);
    process.stdout.write(`trial 34: killed at ${kills} moments, each time the same ${whole.keys.size} messages\n`);
  },
);

it(
  'trial 34 with a store that forgets steps: hosts are ahead of what the store says',
  { timeout: 60_000 },
  async () => {
    const { world, edit } = await begin({ forgetsRollouts: true });
    await edit();
    await world.until(() => world.ledger.faults.length > 0, 'it is noticed', ENOUGH_MS);
    expect(world.ledger.faults[0]).toMatch(/ahead of its step/);
    process.stdout.write(`protection off, trial 34: ${world.ledger.faults[0] ?? ''}\n`);
  },
);
