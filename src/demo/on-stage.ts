import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load.js';
import { createLogger } from '../log/create-logger.js';
import { counted } from '../model/counted.js';
import { QUICK_TIMING, type AgentTiming } from '../sim/agent-timing.js';
import type { LetsOut } from '../sim/sim-agent.js';
import { startFleet, type Fleet } from '../sim/sim-fleet.js';
import { createBroker } from '../server/opening/create-broker.js';
import { startServer, type StartedServer } from '../server/start-server.js';
import { demoApi, type DemoApi } from './demo-api.js';
import { DEMO_GROUPS, seedDemoPolicy } from './demo-policy.js';
import { fleetTable } from './fleet-table.js';
import { EndedEarly, Watch } from './watch.js';
import { whatToTry } from './what-to-try.js';

export interface DemoOptions {
  readonly agents: number;
  readonly once?: boolean;
  /** URL of a RabbitMQ to use instead of the in-process broker. */
  readonly amqp?: string;
  readonly out: (text: string) => void;
  /** Ends a demo that would go on. */
  readonly signal: AbortSignal;
}

/** A server with a seeded policy and a fleet that runs what was published. */
export interface Stage {
  readonly server: StartedServer;
  readonly fleet: Fleet;
  readonly watch: Watch;
  readonly api: DemoApi;
  /** Intervals are so many times as long, since the fleet is large. */
  readonly slow: number;
  /** Seconds since the demo began, to a tenth. */
  readonly seconds: () => number;
}

/** What is special about a scenario's server and fleet. */
export interface StageOptions {
  /** Where hosts reach the broker, as its guard has it. */
  readonly brokerAt?: { readonly host: string; readonly port: number };
  readonly letsOut?: LetsOut;
  /** More commands that can be tried at its end; `url`: of the API. */
  readonly tries?: (url: string) => readonly (readonly [string, string])[];
}

/**
 * Settings that shorten minutes to seconds: what real agents do every minute the simulated ones do every second. A
 * large fleet takes more seconds, since server and fleet share one process.
 */
function slowness(agents: number): number {
  return Math.max(1, Math.ceil(agents / 50));
}

/** Those of the defaults. */
const API_PORT = 7070;
const METRICS_PORT = 8085;

function shortTimes(slow: number): readonly string[] {
  return [
    `hashcheck_alert_seconds=${2 * slow}`,
    `repair_interval_seconds=${2 * slow}`,
    'polling_interval_seconds=1',
    `profile_periodic_publish_interval_seconds=${slow}`,
    `ipset_periodic_publish_interval_seconds=${slow}`,
    `intake.force_interval_seconds=${slow}`,
    'intake.registrations_per_minute=100000',
    'repair_max_per_minute=100000',
  ];
}

/**
 * Starts the server on the embedded default, seeds a policy over its own API, starts the fleet, waits until all of it runs what was published, and
 * plays a scenario on it. Its files are removed at its end, also when it is interrupted; when it fails they are kept, and the error says where.
 */
export async function onStage<Result>(
  options: DemoOptions,
  play: (stage: Stage) => Promise<Result>,
  { brokerAt, letsOut, tries }: StageOptions = {},
): Promise<Result> {
  const { out, agents, once = false, amqp } = options;
  const slow = slowness(agents);
  const data = await mkdtemp(join(tmpdir(), 'dog-trainer-demo-'));
  const logDir = join(data, 'log');
  // For an immediate end: a second signal, or a crash.
  const atExit = (code: number) => {
    if (code === 0 || options.signal.aborted) rmSync(data, { recursive: true, force: true });
    else process.stderr.write(`dog-trainer: the demo's logs are kept in ${logDir}\n`);
  };
  process.once('exit', atExit);
  // A server of this machine keeps its ports.
  const { config, origins } = loadConfig({
    data,
    set: [
      ...shortTimes(slow),
      `api.port=${once ? 0 : await freeOr(API_PORT)}`,
      `metrics.port=${once ? 0 : await freeOr(METRICS_PORT)}`,
      `log.dir=${logDir}`,
      ...(amqp === undefined ? [] : ['broker.kind=amqp', `broker.url=${amqp}`]),
    ],
  });
  const logs = createLogger(config.log);
  const broker = createBroker(config);
  let server: StartedServer | undefined;
  let fleet: Fleet | undefined;
  let failure: unknown;
  try {
    const began = performance.now();
    server = await startServer({ config, origins, logs, broker, ...(brokerAt && { brokerAt }) });
    out(`the server listens on ${server.listening.api}, metrics on ${server.listening.metrics}\n`);
    const api = demoApi(server.listening.api);
    await seedDemoPolicy(api.create);
    out(
      `a policy of ${DEMO_GROUPS.length} groups (${DEMO_GROUPS.join(', ')}) is in; ${counted(agents, 'simulated agent')} ` +
        `start${agents === 1 ? 's' : ''} on ${amqp === undefined ? 'a broker inside this process' : broker.describe}\n`,
    );
    out('each host that registers adds its addresses to sets of the policy, which all hosts are then sent\n\n');
    fleet = await startFleet({
      broker,
      agents,
      groups: DEMO_GROUPS,
      timing: slowed(QUICK_TIMING, slow),
      spreadMs: agents * 20,
      ...(letsOut && { letsOut }),
    });
    const watch = new Watch(server, fleet, options);
    const first = await watch.until('hosts start', ({ converged }) => converged === agents);
    out(`\n${fleetTable(fleet.agents, server.state, first)}\n`);
    const seconds = () => Math.round((performance.now() - began) / 100) / 10;
    const result = await play({ server, fleet, watch, api, slow, seconds });
    if (!once) {
      const nameOf = (group: string): string =>
        fleet?.progress().find((agent) => agent.group === group)?.name ?? 'host-0001.sim.example';
      const place = { ...server.listening, data };
      out('\nwhat to try in another terminal (Ctrl-C here ends the demo):\n\n');
      out(whatToTry(place, { web: nameOf('web'), db: nameOf('db') }, tries?.(place.api) ?? []));
      await aborted(options.signal);
    }
    return result;
  } catch (error) {
    failure = error;
    throw error instanceof EndedEarly
      ? error
      : new Error(`${error instanceof Error ? error.message : String(error)}; its logs are kept in ${logDir}`, {
          cause: error,
        });
  } finally {
    await fleet?.stop();
    await server?.stop();
    await logs.close();
    if (failure === undefined || failure instanceof EndedEarly) await rm(data, { recursive: true, force: true });
    process.off('exit', atExit);
  }
}

/** The port, or 0 for any that is free, where somebody has it. */
async function freeOr(port: number): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
    return port;
  } catch {
    return 0;
  } finally {
    server.close();
  }
}

/** The agents' intervals, longer by this factor. */
function slowed(timing: AgentTiming, slow: number): AgentTiming {
  return {
    ...timing,
    pollMs: timing.pollMs * slow,
    keepaliveFirstMs: timing.keepaliveFirstMs * slow,
    keepaliveMs: timing.keepaliveMs * slow,
    setsRetryMs: timing.setsRetryMs * slow,
    rulesRetryMs: timing.rulesRetryMs * slow,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
