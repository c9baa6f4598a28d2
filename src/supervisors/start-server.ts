import type { ServerContext } from '../actors/context.js';
import type { Observation } from '../actors/observation.js';
import type { Broker } from '../broker/broker.js';
import type { Config } from '../config/schema.js';
import type { Logs } from '../log/create-logger.js';
import { createMetrics } from '../metrics/create-metrics.js';
import { createKernel, startApplication, type Clock, type Pid } from '../otp/index.js';
import { readOnlyStore } from '../store/read-only-store.js';
import type { Store } from '../store/store.js';
import { alertsSup } from './alerts-sup.js';
import { createBroker } from './create-broker.js';
import type { Journal } from '../journal/journal.js';
import { createContext } from './create-context.js';
import { createJournal } from './create-journal.js';
import { createStore } from './create-store.js';
import { dogTrainerSup } from './dog-trainer-sup.js';
import { httpRuntime } from './http-runtime.js';
import { httpSup, type Ports } from './http-sup.js';
import { observeSup } from './observe-sup.js';
import { reportSink } from './report-sink.js';
import { scrapeFigures } from './scrape-figures.js';
import { whatIsLeft } from './what-is-left.js';

export interface StartOptions {
  readonly config: Config;
  readonly logs: Logs;
  /** Instead of the configured ones: tests and the demo share a broker with their agents. */
  readonly broker?: Broker;
  readonly store?: Store;
  readonly clock?: Clock;
  /** Compiles and compares beside another server; publishes, consumes and writes nothing. */
  readonly observe?: boolean;
}

/** A server that is up. */
export interface StartedServer {
  /** Base URLs and ports as they really are. */
  readonly listening: {
    readonly api: string;
    readonly api_port: number;
    readonly metrics: string;
    readonly metrics_port: number;
  };
  /** Settles when the tree has given up by itself, with why; never rejects. */
  readonly ended: Promise<Error>;
  /** Stops in order and resolves with what was left, one text a thing. */
  stop(): Promise<readonly string[]>;
  /** What would be lost if the process ended now. */
  left(): readonly string[];
  readonly context: ServerContext;
  readonly root: Pid;
}

/** How much of the stop's deadline is kept for what comes after the tree. */
const STORE_CLOSE_MS = 500;

const url = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * Opens the store, builds the tree and starts it; resolves when both ports listen. The broker need not be there.
 * @throws StoreError when the store can't be opened, Error when the tree does not start
 */
export const startServer = async ({
  config,
  logs,
  observe = false,
  ...given
}: StartOptions): Promise<StartedServer> => {
  const metrics = createMetrics({ maxKeys: config.metrics.max_keys, process: true });
  const kernel = createKernel({
    report: reportSink(logs, metrics),
    ...(given.clock === undefined ? {} : { clock: given.clock }),
  });
  const opened = given.store ?? (await createStore(config, logs.log, { readOnly: observe }));
  const store = observe ? readOnlyStore(opened) : opened;
  let journal: Journal | undefined;
  const close = async (): Promise<void> => {
    await journal?.close();
    await store.close();
  };
  try {
    journal = observe ? undefined : await createJournal(config, logs.log);
    const broker = given.broker ?? createBroker(config);
    const context = await createContext({ kernel, config, log: logs.log, metrics, store, broker, journal, observe });
    scrapeFigures(context);
    const ports: Ports = { api: 0, metrics: 0 };
    let observation: Observation | undefined;
    const runtime = httpRuntime(context, {
      root: () => kernel.whereis('dog_trainer'),
      ...(observe ? { observation: () => observation } : {}),
    });
    const http = httpSup(context, runtime, ports);
    const spec = observe
      ? observeSup(context, http, (seen) => (observation = seen))
      : dogTrainerSup(context, { alerts: alertsSup(context), http });
    if (observe) logs.log.warn({}, 'observing: nothing is published, consumed or written (start --observe)');
    const application = await startApplication(kernel, {
      name: 'dog_trainer',
      start: spec.start,
      stopTimeoutMs: config.shutdown_seconds * 1000 + STORE_CLOSE_MS,
      // The command line waits for signals.
      signals: [],
    });
    const left = (): readonly string[] => whatIsLeft(context, journal !== undefined);
    let stopping = false;
    return {
      listening: {
        api: url(config.api.host, ports.api),
        api_port: ports.api,
        metrics: url(config.metrics.host, ports.metrics),
        metrics_port: ports.metrics,
      },
      ended: application.done.then(async () => {
        // After an asked-for stop nobody waits here.
        if (stopping) return new Promise<never>(() => undefined);
        await close();
        return new Error('the tree of actors gave up; the log says which part and why');
      }),
      async stop() {
        stopping = true;
        const outcome = await application.stop('asked to stop');
        const rest = [...left(), ...outcome.left];
        await close();
        return rest;
      },
      left,
      context,
      root: application.root,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
