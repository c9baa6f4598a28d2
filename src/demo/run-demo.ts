import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load.js';
import { createLogger } from '../log/create-logger.js';
import { counted } from '../model/counted.js';
import type { JsonObject } from '../model/document.js';
import { QUICK_TIMING, type AgentTiming } from '../sim/agent-timing.js';
import { startFleet, type Fleet } from '../sim/sim-fleet.js';
import { createBroker } from '../server/opening/create-broker.js';
import { startServer, type StartedServer } from '../server/start-server.js';
import { convergence, type Convergence } from './convergence.js';
import { DEMO_GROUPS, seedDemoPolicy } from './demo-policy.js';

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

const LOOK_MS = 200;
/** Checking a large fleet takes long and blocks it meanwhile: most of the time spent on checks, as a fraction. */
const LOOK_SHARE = 0.1;
/** Without progress for this long the fleet counts as stuck, in milliseconds; generous, for slow machines. */
const PATIENCE_MS = 180_000;
/** Most hosts named when the fleet is stuck. */
const MOST_NAMED = 5;

/** The demo was told to end before it was done; nothing failed. */
class EndedEarly extends Error {
  constructor() {
    super('the demo was ended before it was done');
  }
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
  const { config } = loadConfig({
    data,
    set: [
      ...shortTimes(slow),
      ...(once ? ['api.port=0', 'metrics.port=0'] : []),
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
      `a policy of ${DEMO_GROUPS.length} groups is in; ${counted(agents, 'simulated agent')} start${agents === 1 ? 's' : ''} on ${broker.describe}\n`,
    );
    fleet = await startFleet({
      broker,
      agents,
      groups: DEMO_GROUPS,
      timing: slowed(QUICK_TIMING, slow),
      spreadMs: agents * 20,
    });
    const watch = new Watch(server, fleet, options);
    await watch.until('converging', ({ converged }) => converged === agents);
    const victim = fleet.agents[Math.floor(agents / 2)];
    const hostkey = victim?.progress().hostkey ?? '';
    out(
      `\n${agents === 1 ? 'the host runs' : `all ${agents} hosts run`} the published rules; now a rule is added by hand on ${victim?.progress().name}\n`,
    );
    await victim?.inject({ kind: 'tampered' });
    const found = await watch.until('looking for the tampered host', ({ drifted }) => drifted.includes(hostkey));
    out('\nfound; its rules are sent again\n');
    const last = await watch.until('repairing', ({ converged }) => converged === agents);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    out('\n');
    if (!once) {
      out(whatToTry(server.listening, fleet.agents[0]?.progress().name ?? ''));
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

/** Commands that work while the demo runs, one per line. */
function whatToTry({ api, metrics }: StartedServer['listening'], host: string): string {
  const lines = [
    `dog-trainer status --url ${api}`,
    `dog-trainer top --url ${api}`,
    `dog-trainer hosts --url ${api}`,
    `dog-trainer host ${host} --url ${api}`,
    `dog-trainer group ${DEMO_GROUPS[0] ?? ''} --rules --url ${api}`,
    `dog-trainer events -f --url ${api}`,
    `dog-trainer tree --url ${api}`,
    `curl ${metrics}/metrics`,
  ];
  return `what to try in another terminal (Ctrl-C here ends the demo):\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** Checks the fleet repeatedly, and prints one line of progress. */
class Watch {
  readonly #server: StartedServer;
  readonly #fleet: Fleet;
  readonly #options: DemoOptions;
  #shown = '';

  constructor(server: StartedServer, fleet: Fleet, options: DemoOptions) {
    this.#server = server;
    this.#fleet = fleet;
    this.#options = options;
  }

  async until(doing: string, done: (state: Convergence) => boolean): Promise<Convergence> {
    const { agents, out, signal } = this.#options;
    let deadline = performance.now() + PATIENCE_MS;
    let best = 0;
    for (;;) {
      const began = performance.now();
      const state = convergence(this.#server.state, this.#fleet);
      const right = state.registered + state.active + state.converged;
      if (right > best) deadline = performance.now() + PATIENCE_MS;
      best = Math.max(best, right);
      const line = `${doing}: ${state.registered} registered, ${state.active} active, ${state.converged} of ${agents} converged, ${state.drifted.length} drifted`;
      if (line !== this.#shown)
        out(`${process.stdout.isTTY ? '\r\u001b[K' : ''}${line}${process.stdout.isTTY ? '' : '\n'}`);
      this.#shown = line;
      if (done(state)) return state;
      if (signal.aborted) throw new EndedEarly();
      if (performance.now() > deadline)
        throw new Error(
          `nothing more came right for ${PATIENCE_MS / 1000} seconds: ${line}; ${this.#stragglers(state) || 'no host is behind'}`,
        );
      const pause = Math.max(LOOK_MS, (performance.now() - began) / LOOK_SHARE);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Some of the hosts that are behind, each with the reason as far as it is known. */
  #stragglers({ behind }: Convergence): string {
    const { state } = this.#server;
    const progress = new Map(this.#fleet.progress().map((agent) => [agent.hostkey, agent]));
    const named = behind.slice(0, MOST_NAMED).map(({ hostkey, why }) => {
      const agent = progress.get(hostkey);
      const differing = state.drift.get(hostkey)?.differing.join('+');
      return [
        `${agent?.name ?? hostkey}: ${why}`,
        ...(differing === undefined ? [] : [`drifted (${differing})`]),
        ...(agent === undefined
          ? []
          : [
              `${counted(agent.reportsSent, 'report')} sent, ${counted(agent.rulesetsApplied, 'ruleset')} and ${counted(agent.ipsetsApplied, 'set')} applied`,
            ]),
        ...(agent?.lastError === undefined ? [] : [`last error: ${agent.lastError}`]),
      ].join(', ');
    });
    const more = behind.length > MOST_NAMED ? [`and ${behind.length - MOST_NAMED} more`] : [];
    return [...named, ...more].join('; ');
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
