import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load.js';
import { createLogger } from '../log/create-logger.js';
import { counted } from '../model/counted.js';
import type { Json, JsonObject } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import { QUICK_TIMING, type AgentTiming } from '../sim/agent-timing.js';
import type { SimAgent } from '../sim/sim-agent.js';
import { startFleet, type Fleet } from '../sim/sim-fleet.js';
import { createBroker } from '../server/opening/create-broker.js';
import { startServer, type StartedServer } from '../server/start-server.js';
import { DEMO_GROUPS, seedDemoPolicy } from './demo-policy.js';
import { fleetTable, rulesDifference } from './fleet-table.js';
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

export interface DemoResult {
  readonly agents: number;
  readonly converged: number;
  readonly tampered_found: number;
  readonly seconds: number;
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
 * Starts the server on the embedded default, seeds a policy over its own API, starts the fleet, watches it converge,
 * changes one host's rules by hand, and waits until that is found and repaired. Its files are removed at its end, also
 * when it is interrupted; when it fails they are kept, and the error says where.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
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
  const { config } = loadConfig({
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
    server = await startServer({ config, logs, broker });
    out(`the server listens on ${server.listening.api}, metrics on ${server.listening.metrics}\n`);
    await seedDemoPolicy(creator(server.listening.api));
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
    });
    const watch = new Watch(server, fleet, options);
    const first = await watch.until('hosts start', ({ converged }) => converged === agents);
    out(`\n${fleetTable(fleet.agents, server.state, first)}\n`);
    const victim = tampered(fleet);
    const { hostkey, name } = victim.progress();
    const expected = inputOf(victim);
    await victim.inject({ kind: 'tampered' });
    out(`now somebody adds a rule by hand on ${name}:\n`);
    out(`\n${rulesDifference(expected, inputOf(victim))}\n`);
    const found = await watch.until('the server compares what hosts report', ({ drifted }) =>
      drifted.includes(hostkey),
    );
    out(`\n${name} has drifted (${hashesText(server, hostkey)}) and is sent its rules again\n`);
    const last = await watch.until('repairing', ({ converged }) => converged === agents);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const still = inputOf(victim).filter((rule) => !expected.includes(rule));
    out(`\nthe rule that was added is ${still.length === 0 ? 'gone' : 'still there'}\n`);
    if (!once) {
      const nameOf = (group: string): string => fleet?.progress().find((agent) => agent.group === group)?.name ?? name;
      const place = { ...server.listening, data };
      out('\nwhat to try in another terminal (Ctrl-C here ends the demo):\n\n');
      out(whatToTry(place, { web: nameOf('web'), db: nameOf('db') }));
      await aborted(options.signal);
    }
    return { agents, converged: last.converged, tampered_found: found.drifted.length, seconds };
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

/** A host in the middle whose agent can show its rules. */
function tampered({ agents }: Fleet): SimAgent {
  const middle = Math.floor(agents.length / 2);
  const able = agents.slice(middle).find(({ showsItsRules }) => showsItsRules) ?? agents[0];
  if (able === undefined) throw new Error('the fleet has no host');
  return able;
}

/** The IPv4 rules that a host has loaded for what comes in. */
function inputOf({ kernel }: SimAgent): readonly string[] {
  return kernel.filter('inet').rules.filter((rule) => rule.startsWith('-A INPUT '));
}

/** How a report tells: by a hash of the rules. */
function hashesText({ state }: StartedServer, hostkey: string): string {
  const host = state.world.hostByKey(hostkey);
  const group = state.world.groupByName(textOf(host?.group));
  const short = (hash: Json | undefined): string => textOf(hash).slice(0, 12);
  return `the hash of its rules is ${short(host?.hash4_ipsets)}, that of its group's is ${short(group?.hash4_ipsets)}`;
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

/** Posts over the API as any client would. */
function creator(base: string) {
  return async (resource: string, doc: JsonObject): Promise<{ readonly id: string }> => {
    const response = await fetch(`${base}/api/V2/${resource}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(doc),
    });
    if (response.status !== 201)
      throw new Error(`POST ${resource} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
