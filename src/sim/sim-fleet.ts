import type { Broker } from '../broker/broker.js';
import { realClock, type Clock, type TimerHandle } from '../otp/index.js';
import type { Enforcement } from './agent-hashes.js';
import type { AgentIdentity } from './agent-identity.js';
import { QUICK_TIMING, type AgentTiming } from './agent-timing.js';
import { fleetHost } from './fleet-hosts.js';
import { SharedConnection } from './shared-connection.js';
import { SimAgent, type AgentProgress, type LetsOut } from './sim-agent.js';

export interface FleetOptions {
  readonly broker: Broker;
  /** How many. */
  readonly agents: number;
  /** Names of groups, dealt out in turn. */
  readonly groups: readonly string[];
  /** Default: one per 100 agents. */
  readonly connections?: number;
  /** Default: `QUICK_TIMING`. */
  readonly timing?: AgentTiming;
  /** Starts are spread evenly over this time; default 0, all at once. */
  readonly spreadMs?: number;
  readonly enforcement?: Enforcement;
  readonly clock?: Clock;
  /** Whether the rules that a host has loaded let its reports out; default: always. */
  readonly letsOut?: LetsOut;
  /** Faults that a host starts with, by its number from 0. */
  readonly oddities?: Readonly<Record<number, FleetOddity>>;
}

/** `cloneOf`: has that host's key (a copied config.json). `environment`: claims another one, and so binds e.g. `qa.*`. */
export type FleetOddity = { readonly cloneOf: number } | { readonly environment: string };

/** Simulated hosts that run. */
export interface Fleet {
  readonly agents: readonly SimAgent[];
  progress(): readonly AgentProgress[];
  /** Ends all agents, then their connections. `announced`: as agents do on SIGTERM. */
  stop(how?: { readonly announced: boolean }): Promise<void>;
}

/** Makes the fleet and starts it. Rejects, with nothing left running, when the broker can't be reached. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { broker, timing = QUICK_TIMING, clock = realClock, enforcement, letsOut } = options;
  if (options.groups.length === 0) throw new RangeError('a fleet needs at least one group');
  const agents = Array.from({ length: options.agents }, (_, index) => {
    return new SimAgent({
      identity: identityOf(index, options),
      timing,
      clock,
      ...(enforcement && { enforcement }),
      ...(letsOut && { letsOut }),
    });
  });
  const count = Math.max(1, Math.min(options.connections ?? Math.ceil(agents.length / 100), agents.length));
  const shared = Array.from({ length: count }, () => new SharedConnection(broker, clock, timing.reconnectMs));
  const opened = await Promise.allSettled(shared.map((connection) => connection.open()));
  const failed = opened.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(shared.map((connection) => connection.close()));
    throw failed.reason;
  }
  const pending = new Set<TimerHandle>();
  for (const [index, agent] of agents.entries()) {
    const mine = shared[index % count] as SharedConnection;
    const timer = clock.setTimer(((options.spreadMs ?? 0) * index) / agents.length, () => {
      pending.delete(timer);
      mine.start(agent);
    });
    pending.add(timer);
  }
  return {
    agents,
    progress: () => agents.map((agent) => agent.progress()),
    async stop(how) {
      for (const timer of pending) clock.clearTimer(timer);
      await Promise.all(agents.map((agent) => agent.stop(how)));
      await Promise.all(shared.map((connection) => connection.close()));
    },
  };
}

function identityOf(index: number, { groups, oddities }: FleetOptions): AgentIdentity {
  const host = fleetHost(index, groups[index % groups.length] as string);
  const oddity = oddities?.[index];
  if (oddity === undefined) return host;
  if ('environment' in oddity) return { ...host, environment: oddity.environment };
  return { ...host, hostkey: fleetHost(oddity.cloneOf, host.group).hostkey };
}
