import { expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { FleetOfServers, POLICY } from './rollouts/fleet-of-servers.js';

const WATCHED_MS = 40_000;

/**
 * A change that looks right, and that no kernel holds as it was sent: whoever loads it reports something else. Gives how
 * many of the six hosts of its group ever held it, and whether all have their former rules at the end.
 */
async function wrongChange(policy: JsonObject | null) {
  const world = new FleetOfServers();
  onTestFinished(() => world.stop());
  await world.start({ policy });
  const before = new Map(world.agents.map((agent) => [agent, agent.progress().hashes.hash4_ipsets]));
  const harmed = new Set<string>();
  await world.edit('ruleset', world.ruleset, { rules: { inbound: world.rules(1), outbound: [] } });
  for (let passed = 0; passed < WATCHED_MS; passed += 20) {
    await world.pass(20);
    for (const agent of world.holding(1)) {
      harmed.add(agent.hostkey);
      await agent.inject({ kind: 'tampered' });
    }
  }
  const rollout = world.state?.outputs.rollouts.get(world.web);
  const asBefore = world.agents.filter((agent) => agent.progress().hashes.hash4_ipsets === before.get(agent)).length;
  return { harmed: harmed.size, asBefore, state: rollout?.state, faults: world.ledger.faults };
}

/** Trial 33, of the rollout kind: by itself, without anybody who looks. */
it(
  'trial 33: a wrong change reaches the first host alone, which has its former rules again',
  { timeout: 60_000 },
  async () => {
    const { harmed, asBefore, state, faults } = await wrongChange(POLICY);
    expect({ harmed, asBefore, state, faults }).toEqual({ harmed: 1, asBefore: 9, state: 'rolled_back', faults: [] });
    process.stdout.write(`trial 33: a wrong change was on ${harmed} of 6 hosts, and was taken back from it\n`);
  },
);

it('trial 33 without steps: the wrong change is on every host of the group', { timeout: 60_000 }, async () => {
  const { harmed, asBefore } = await wrongChange(null);
  expect({ harmed, asBefore }).toEqual({ harmed: 6, asBefore: 3 });
  process.stdout.write(`protection off, trial 33: a wrong change was on ${harmed} of 6 hosts, and stayed\n`);
});
