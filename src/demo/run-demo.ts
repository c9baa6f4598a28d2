import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load.js';
import { createLogger } from '../log/create-logger.js';
import type { JsonObject } from '../model/document.js';
import { startFleet, type Fleet } from '../sim/sim-fleet.js';
import { createBroker } from '../supervisors/create-broker.js';
import { startServer, type StartedServer } from '../supervisors/start-server.js';
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

/** Minutes of real life in seconds: what the simulated agents do every minute they do every second. */
const SHORT_TIMES: readonly string[] = [
  'hashcheck_alert_seconds=2',
  'repair_interval_seconds=2',
  'polling_interval_seconds=1',
  'profile_periodic_publish_interval_seconds=1',
  'ipset_periodic_publish_interval_seconds=1',
  'intake.force_interval_seconds=1',
  'intake.registrations_per_minute=100000',
  'repair_max_per_minute=100000',
];

const LOOK_MS = 200;
/** A fleet that has not converged by then will not; generous, for slow machines. */
const PATIENCE_MS = 180_000;

/**
 * Starts the server on the embedded default, seeds a policy over its own API, starts the fleet, watches it converge,
 * has one host's rules changed by hand, and watches that be found out and mended.
 */
export const runDemo = async (options: DemoOptions): Promise<DemoResult> => {
  const { out, agents, once = false, amqp } = options;
  const data = await mkdtemp(join(tmpdir(), 'dog-trainer-demo-'));
  const { config } = loadConfig({
    data,
    set: [
      ...SHORT_TIMES,
      ...(once ? ['api.port=0', 'metrics.port=0'] : []),
      `log.dir=${join(data, 'log')}`,
      ...(amqp === undefined ? [] : ['broker.kind=amqp', `broker.url=${amqp}`]),
    ],
  });
  const logs = createLogger(config.log);
  const broker = createBroker(config);
  let server: StartedServer | undefined;
  let fleet: Fleet | undefined;
  try {
    const began = performance.now();
    server = await startServer({ config, logs, broker });
    out(`the server listens on ${server.listening.api}, metrics on ${server.listening.metrics}\n`);
    await seedDemoPolicy(creator(server.listening.api));
    out(`a policy of ${DEMO_GROUPS.length} groups is in; ${agents} simulated agents start on ${broker.describe}\n`);
    fleet = await startFleet({ broker, agents, groups: DEMO_GROUPS, spreadMs: Math.min(2000, agents * 20) });
    const watch = new Watch(server, fleet, options);
    await watch.until('converging', ({ converged }) => converged === agents);
    const victim = fleet.agents[Math.floor(agents / 2)];
    const hostkey = victim?.progress().hostkey ?? '';
    out(`\nall ${agents} hosts run what they were sent; somebody adds a rule by hand on ${victim?.progress().name}\n`);
    await victim?.inject({ kind: 'tampered' });
    const found = await watch.until('looking for the tampered host', ({ drifted }) => drifted.includes(hostkey));
    out('\nfound out; its rules are sent again\n');
    const last = await watch.until('repairing', ({ converged }) => converged === agents);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    out('\n');
    if (!once) {
      out(
        `look around: ${server.listening.api}/api/V2/actors, ${server.listening.metrics}/metrics; Ctrl-C ends the demo\n`,
      );
      await aborted(options.signal);
    }
    return { agents, converged: last.converged, tampered_found: found.drifted.length, seconds };
  } finally {
    await fleet?.stop();
    await server?.stop();
    await logs.close();
    await rm(data, { recursive: true, force: true });
  }
};

/** Looks at the fleet again and again, with one line of progress. */
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
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const state = convergence(this.#server.context, this.#fleet);
      const line = `${doing}: ${state.registered} registered, ${state.active} active, ${state.converged} of ${agents} converged, ${state.drifted.length} drifted`;
      if (line !== this.#shown)
        out(`${process.stdout.isTTY ? '\r\u001b[K' : ''}${line}${process.stdout.isTTY ? '' : '\n'}`);
      this.#shown = line;
      if (done(state)) return state;
      if (signal.aborted) throw new Error('the demo was ended before it was done');
      if (performance.now() > deadline) throw new Error(`the fleet did not converge: ${line}; ${this.#stragglers()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  #stragglers(): string {
    const { context } = this.#server;
    const late = this.#fleet
      .progress()
      .filter(
        ({ hostkey }) =>
          context.drift.get(hostkey) !== undefined || context.world.hostByKey(hostkey)?.active !== 'active',
      )
      .slice(0, 3)
      .map(
        ({ name, hostkey, lastError }) =>
          `${name}: ${context.drift.get(hostkey)?.differing.join('+') ?? 'not active'} ${lastError ?? ''}`,
      );
    return late.join('; ');
  }
}

/** Posts over the API as any client would. */
const creator =
  (base: string) =>
  async (resource: string, doc: JsonObject): Promise<{ readonly id: string }> => {
    const response = await fetch(`${base}/api/V2/${resource}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(doc),
    });
    if (response.status !== 201)
      throw new Error(`POST ${resource} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as { id: string };
  };

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
