import { expect, onTestFinished } from 'vitest';
import type { Document, JsonObject } from '../../../src/model/document.js';
import type { Rollout, RolloutState } from '../../../src/rollout/rollout.js';
import { QUICK_TIMING } from '../../../src/sim/agent-timing.js';
import type { SimAgent } from '../../../src/sim/sim-agent.js';
import { startFleet, type Fleet } from '../../../src/sim/sim-fleet.js';
import { RULE } from '../../support/api-client.js';
import { startVirtualServer, type VirtualServer } from '../../support/virtual-server.js';
import type { WholeServerOptions } from '../../support/whole-server.js';

/** A keepalive a second, so deadlines of a few seconds. */
export const POLICY = {
  steps: [{ hosts: 1 }, { percent: 50 }, { all: true }],
  bake_keepalives: 1,
  deadline_seconds: 8,
};

/** A group `web` that changes in steps, and a group `db` that does not; agents of both, all active. */
export interface SteppedFleet {
  readonly server: VirtualServer;
  readonly fleet: Fleet;
  readonly group: string;
  readonly ruleset: string;
  /** The agent that gets a change of `web` first. */
  readonly canary: () => SimAgent;
  readonly agentsOf: (group: string) => readonly SimAgent[];
  /** Gives `web` another rule; each number another one. */
  readonly edit: (number: number) => Promise<void>;
  readonly rollout: () => Rollout;
  readonly reaches: (state: RolloutState) => Promise<Rollout>;
  readonly order: (command: string, reason?: string) => Promise<{ readonly status: number; readonly text: string }>;
  readonly json: (method: string, path: string, body?: unknown) => Promise<JsonObject>;
  /** How many agents of `web` hold other rules than `web` had before the first edit. */
  readonly changed: () => number;
  /** Hostkeys of agents whose rules are not those that they had. */
  readonly changedKeys: () => readonly string[];
}

export async function startSteppedFleet({
  agents = 8,
  policy = POLICY,
  set = [],
  ...options
}: Omit<WholeServerOptions, 'clock' | 'store'> & {
  readonly agents?: number;
  readonly policy?: JsonObject;
} = {}): Promise<SteppedFleet> {
  const server = await startVirtualServer({
    ...options,
    waitsForSockets: true,
    // What stands in minutes in the field is seconds here, as the agents' keepalive is.
    set: [
      'keepalive_alert_seconds=60',
      'hashcheck_alert_seconds=5',
      'repair_interval_seconds=2',
      'last_agent_update_check_interval_seconds=5',
      'max_interval_since_last_agent_update=2',
      ...set,
    ],
  });
  const { group, ruleset } = await server.group('web');
  await server.group('db');
  const fleet = await server.flow(
    startFleet({ broker: server.broker, agents, groups: ['web', 'db'], timing: QUICK_TIMING, clock: server.clock }),
  );
  onTestFinished(() => fleet.stop());
  const { state } = server.server;
  const { world } = state;
  await server.awaits(
    () => [...world.rows('host').values()].filter(({ active }) => active === 'active').length === agents,
    'all hosts are active',
  );
  const json = async (method: string, path: string, body?: unknown): Promise<JsonObject> => {
    const answer = await server.flow(server.api(method, path, body));
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer.json;
  };
  await json('PUT', '/api/V2/rollout-policy/web', policy);
  const agentsOf = (name: string) => fleet.agents.filter((agent) => agent.progress().group === name);
  const hashOf = (agent: SimAgent) => agent.progress().hashes.hash4_ipsets;
  const before = new Map(fleet.agents.map((agent) => [agent.hostkey, hashOf(agent)]));
  const rollout = (): Rollout => {
    const found = state.outputs.rollouts.get(group);
    if (found === undefined) throw new Error('there is no rollout');
    return found;
  };
  const changedKeys = () =>
    fleet.agents.filter((agent) => hashOf(agent) !== before.get(agent.hostkey)).map(({ hostkey }) => hostkey);
  return {
    server,
    fleet,
    group,
    ruleset,
    agentsOf,
    canary() {
      const first = rollout().steps[0]?.hosts[0];
      const agent = fleet.agents.find(({ hostkey }) => hostkey === first);
      if (agent === undefined) throw new Error('the rollout has not begun');
      return agent;
    },
    async edit(number) {
      const rules = { inbound: [RULE, { ...RULE, comment: `edit ${number}` }], outbound: [] };
      const edit = (row: Document) => ({ ...row, rules });
      // Beside the API: nothing of the rollout is over before this is.
      await server.flow(
        server.server.state.store.commit([{ op: 'edit', table: 'ruleset', id: ruleset, edit }], { author: 'test' }),
      );
    },
    rollout,
    async reaches(wanted) {
      const seen = new Set<string>();
      try {
        return await server.awaits(() => {
          const found = state.outputs.rollouts.get(group);
          seen.add(`${found?.state ?? 'none'} ${found?.pause?.why ?? found?.why ?? ''}`);
          return found?.state === wanted ? found : undefined;
        }, `the rollout is ${wanted}`);
      } catch (error) {
        throw new Error(`it was ${[...seen].join(', then ')}`, { cause: error });
      }
    },
    order: (command, reason = 'by the test') =>
      server.flow(server.api('POST', `/api/V2/rollout/${rollout().id}/${command}`, { reason })),
    json,
    changed: () => changedKeys().length,
    changedKeys,
  };
}
