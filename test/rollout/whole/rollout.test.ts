import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../src/model/document.js';
import { QUICK_TIMING } from '../../../src/sim/agent-timing.js';
import { startFleet, type Fleet } from '../../../src/sim/sim-fleet.js';
import { RULE } from '../../support/api-client.js';
import { startVirtualServer, type VirtualServer } from '../../support/virtual-server.js';

/** A keepalive a second, so deadlines of a few seconds. */
const POLICY = { steps: [{ hosts: 1 }, { percent: 50 }, { all: true }], bake_keepalives: 1, deadline_seconds: 8 };

async function fleetOf(server: VirtualServer, agents: number): Promise<Fleet> {
  const fleet = await server.flow(
    startFleet({ broker: server.broker, agents, groups: ['web'], timing: QUICK_TIMING, clock: server.clock }),
  );
  onTestFinished(() => fleet.stop());
  const { world } = server.server.state;
  await server.awaits(
    () => world.hostsOf('web').filter(({ active }) => active === 'active').length === agents,
    'all hosts are active',
  );
  return fleet;
}

async function json(server: VirtualServer, method: string, path: string, body?: unknown): Promise<JsonObject> {
  const answer = await server.flow(server.api(method, path, body));
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.json;
}

const OTHER = { ...RULE, comment: 'another' };

describe('a change of a group with a rollout policy', () => {
  it('reaches one host first, then half of them, then all', async () => {
    const server = await startVirtualServer();
    const { group, ruleset } = await server.group('web');
    const fleet = await fleetOf(server, 6);
    await json(server, 'PUT', '/api/V2/rollout-policy/web', POLICY);
    const before = fleet.progress()[0]?.hashes.hash4_ipsets;
    await server.edit('ruleset', ruleset, { rules: { inbound: [RULE, OTHER], outbound: [] } });
    const seen: number[] = [];
    await server.awaits(async () => {
      const ahead = fleet.progress().filter(({ hashes }) => hashes.hash4_ipsets !== before).length;
      if (seen.at(-1) !== ahead) seen.push(ahead);
      const r = server.server.state.outputs.rollouts.get(group); const state = r?.state; if (String(state) !== (globalThis as any).last) { (globalThis as any).last = String(state); console.log(state, r?.pause, JSON.stringify(r?.steps), r?.why, server.clock.monotonic()); }
      return state === 'done';
    }, 'the rollout is done');
    expect(seen).toEqual(expect.arrayContaining([0, 1, 3, 6]));
    expect(fleet.progress().every(({ hashes }) => hashes.hash4_ipsets !== before)).toBe(true);
    const [rollout] = (await server.flow(server.api('GET', '/api/V2/rollouts'))).json as unknown as JsonObject[];
    expect(rollout).toMatchObject({ group: 'web', state: 'done', steps_begun: 3 });
  });
});
