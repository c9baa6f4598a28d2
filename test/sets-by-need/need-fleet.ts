import { onTestFinished } from 'vitest';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import type { SimAgent } from '../../src/sim/sim-agent.js';
import { startFleet, type Fleet } from '../../src/sim/sim-fleet.js';
import { RULE } from '../support/api-client.js';
import { startVirtualServer, type VirtualServer } from '../support/virtual-server.js';
import { listenToAll, type Wire, type WholeServerOptions } from '../support/whole-server.js';

/** Rules that name these zones. */
export function from(...zones: readonly string[]) {
  return zones.map((zone) => ({ ...RULE, group_type: 'ZONE', group: zone, comment: zone }));
}

/** What stands in minutes in the field is seconds here, as the agents' keepalive is. */
export const SHORT = [
  'keepalive_alert_seconds=60',
  'hashcheck_alert_seconds=8',
  'repair_interval_seconds=2',
  'last_agent_update_check_interval_seconds=5',
  'max_interval_since_last_agent_update=2',
];

/** Zones `office` and `lab`; group `web` names the first, `db` the second; ten Erlang and Elixir agents of each. */
export interface NeedFleet {
  readonly server: VirtualServer;
  readonly fleet: Fleet;
  readonly wire: Wire;
  readonly office: string;
  readonly lab: string;
  readonly web: { readonly group: string; readonly ruleset: string };
  readonly db: { readonly group: string; readonly ruleset: string };
  agentsOf(group: string): readonly SimAgent[];
  /** Every agent holds its group's rules and just the sets that these name, and the server says so. */
  converged(server?: VirtualServer): Promise<void>;
  /** How often agents have taken sets, by hostkey. */
  taken(): ReadonlyMap<string, number>;
}

export async function startNeedFleet({
  scope = 'group',
  agents = 20,
  set = [],
  ...options
}: Omit<WholeServerOptions, 'clock'> & {
  readonly scope?: 'all' | 'group';
  readonly agents?: number;
} = {}): Promise<NeedFleet> {
  const server = await startVirtualServer({ ...options, set: [...SHORT, `ipset_scope=${scope}`, ...set] });
  const wire = await server.flow(listenToAll(server.broker));
  const zone = (name: string, address: string) =>
    server.create('zone', { name, ipv4_addresses: [address], ipv6_addresses: [] });
  const office = await zone('office', '192.0.2.1');
  const lab = await zone('lab', '192.0.2.2');
  const web = await server.group('web', from(office));
  const db = await server.group('db', from(lab));
  const fleet = await server.flow(
    startFleet({ broker: server.broker, agents, groups: ['web', 'db'], timing: QUICK_TIMING, clock: server.clock }),
  );
  onTestFinished(() => fleet.stop());
  await server.awaits(
    () =>
      [...server.server.state.world.rows('host').values()].filter(({ active }) => active === 'active').length ===
      agents,
    'all hosts are active',
  );
  const self: NeedFleet = {
    server,
    fleet,
    wire,
    office,
    lab,
    web,
    db,
    agentsOf: (name) => fleet.agents.filter((agent) => agent.progress().group === name),
    async converged(at = server) {
      const { state } = at.server;
      const wrong = () =>
        fleet.agents.flatMap((agent) => {
          const { group, hashes } = agent.progress();
          const row = state.world.groupByName(group);
          const sets = state.outputs.get(row?.id ?? '')?.ruleset.sets ?? [];
          const held = [...agent.kernel.sets.keys()].sort();
          const needed = state.groupSets.scope === 'all' ? [...(state.sets.published?.names ?? [])].sort() : sets;
          const wanted = state.groupSets.of(sets)?.hash ?? state.sets.published?.hash;
          const right =
            hashes.hash4_ipsets === row?.['hash4_ipsets'] &&
            hashes.ipset_hash === wanted &&
            JSON.stringify(held) === JSON.stringify(needed);
          return right ? [] : [`${agent.hostkey} of ${group} holds ${held.join(' ')}, not ${needed.join(' ')}`];
        });
      try {
        await at.awaits(() => wrong().length === 0, 'all hosts hold what they need');
      } catch (error) {
        throw new Error(wrong().slice(0, 5).join('; '), { cause: error });
      }
      // What they hold is what they are compared with.
      const told = () => fleet.agents.filter(({ hostkey }) => state.drift.get(hostkey) !== undefined);
      await at.awaits(() => told().length === 0, 'the server says so');
    },
    taken: () => new Map(fleet.agents.map((agent) => [agent.hostkey, agent.progress().ipsetsApplied])),
  };
  await self.converged();
  // The sets go out once more after the rules.
  await server.pass(5000);
  return self;
}

/** Hostkeys whose figure is another one. */
export function differing(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly string[] {
  return [...after].filter(([key, count]) => before.get(key) !== count).map(([key]) => key);
}
