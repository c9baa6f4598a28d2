import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { AlarmBook } from '../alarms/alarm-book.js';
import { alertDesk } from '../actors/alerts/alert-desk.js';
import { followAlarms } from '../actors/alerts/follow-alarms.js';
import type { ActorEvent } from '../events/actor-event.js';
import { EventBook } from '../events/event-book.js';
import type { ServerEvent } from '../events/server-event.js';
import type { Broker } from '../broker/broker.js';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { shownSettings } from '../config/shown-settings.js';
import { TraceRoom } from '../operations/actors/trace-room.js';
import type { Standing } from '../operations/operations.js';
import type { Journal } from '../journal/journal.js';
import type { Logs } from '../log/create-logger.js';
import { createMetrics } from '../metrics/create-metrics.js';
import { createActorSystem, startApplication, type Clock, type Pid, type ReportSink } from '../otp/index.js';
import { readOnlyStore } from '../store/read-only-store.js';
import { storeWithNews } from '../store/store-with-news.js';
import { StoreError, type Store } from '../store/store.js';
import { aloneWork } from './roles/alone-work.js';
import { brokerKey, journalKey, storePathKey } from './checks/blamed-keys.js';
import { createBroker } from './opening/create-broker.js';
import { createLinkBroker, type CreateLinkBroker } from './opening/create-link-broker.js';
import { createJournal } from './opening/create-journal.js';
import { openEc2Cloud } from './opening/open-ec2-cloud.js';
import { createStore } from './opening/create-store.js';
import { openAlertChannels } from './opening/open-alert-channels.js';
import { electedWork } from './roles/elected-work.js';
import { baseActors } from './actors/base-actors.js';
import type { Ports } from './actors/listeners.js';
import { JournalInTurn } from './opening/journal-in-turn.js';
import { observeWork } from './roles/observe-work.js';
import type { RunningServer } from './running-server.js';
import { ActorAlarms } from './reporting/actor-alarms.js';
import { actorNews } from './reporting/actor-news.js';
import { reportSink } from './reporting/report-sink.js';
import { tellAlarms, tellEdit, tellStore } from './reporting/tell-events.js';
import { scrapeActors } from './reporting/scrape-figures.js';
import { serverId } from './opening/server-id.js';
import type { ServerWork } from './roles/server-work.js';
import { blaming, causeOfFailure } from './checks/start-fault.js';
import { whatIsLeft } from '../operations/what-is-left.js';
import { guardBook } from '../plan/assertions/guard-book.js';
import { guardSettings } from './state/guard-settings.js';
import type { ServerBase } from './state/server-base.js';
import { flatState, type FlatState } from './state/server-state.js';

export interface StartOptions {
  readonly config: Config;
  /** Where its values came from, for operators; default: that is not known. */
  readonly origins?: LoadedConfig['origins'];
  readonly logs: Logs;
  /** Instead of the configured ones: tests and the demo share a broker with their agents. */
  readonly broker?: Broker;
  /** Where hosts reach the broker that was given, which is then guarded as that of the configuration is. */
  readonly brokerAt?: { readonly host: string; readonly port: number };
  readonly linkBroker?: CreateLinkBroker;
  readonly store?: Store;
  readonly clock?: Clock;
  /** Compiles and compares beside another server; publishes, consumes and writes nothing. */
  readonly observe?: boolean;
}

/** A server that is up, as the demonstration and tests see it. */
export interface StartedServer extends RunningServer {
  /** Throws before the work has begun: one of several servers stands by, or the store is away. */
  readonly state: FlatState;
  /** Who leads, as this server knows it. */
  standing(): Standing;
  readonly root: Pid;
}

/** So long the API waits for a database that may be ready in a moment, then it is there to say what is missing. */
const STORE_OPEN_MS = 2000;

/** How much of the stop's deadline is kept for what comes after the tree. */
const STORE_CLOSE_MS = 500;

/** Longest wait for store and journal to close when the tree has ended by itself: the process is to end soon. */
const CLOSE_LIMIT_MS = 2000;

function url(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Where other servers reach this one's API, without a slash at the end. */
function publicUrl({ cluster, api }: Config, port: number): string {
  if (cluster.url !== undefined) return cluster.url.replace(/\/+$/, '');
  return url(api.host === '0.0.0.0' || api.host === '::' ? hostname() : api.host, port);
}

/**
 * Opens the store, builds the tree and starts it; resolves when both ports listen. The broker need not be there,
 * nor a RethinkDB: the server then begins when it is.
 * @throws StartFault naming the key to look at, Error for what no key has to do with
 */
export async function startServer({ config, logs, observe = false, ...given }: StartOptions): Promise<StartedServer> {
  const metrics = createMetrics({ maxKeys: config.metrics.max_keys, process: true });
  /** Who hears the reports of the actor system. */
  const hearers: ReportSink[] = [reportSink(logs, metrics)];
  const { mailbox_long: high, mailbox_long_over: low } = config.actors;
  const system = createActorSystem({
    report: (report) => hearers.forEach((hear) => hear(report)),
    longMailbox: { high, low },
    ...(given.clock === undefined ? {} : { clock: given.clock }),
  });
  const opened =
    given.store ??
    (await blaming(
      config.store.kind === 'sqlite' ? storePathKey(config) : 'store',
      () => createStore(config, logs.log, { readOnly: observe, openMs: STORE_OPEN_MS }),
      (error) => error instanceof StoreError && error.code === 'busy',
    ));
  const { clock } = system;
  const kept = { most: config.api.stream_events_kept, now: () => clock.now() };
  const events = new EventBook<ServerEvent>(kept);
  const actorEvents = new EventBook<ActorEvent>(kept);
  const store = observe ? readOnlyStore(opened) : storeWithNews(opened, (edit) => tellEdit(events, edit));
  tellStore(store, events);
  const alarms = new AlarmBook(() => clock.now());
  tellAlarms(alarms, events, actorEvents);
  const actorAlarms = new ActorAlarms({ system, alarms });
  hearers.push(actorNews(system, actorEvents), (report) => actorAlarms.heard(report));
  const alerts = alertDesk(
    system,
    openAlertChannels(config, clock).map(({ kind }) => kind),
  );
  const cloud = observe ? undefined : await openEc2Cloud(config);
  const base: ServerBase = {
    system,
    clock,
    config,
    settings: shownSettings({ config, origins: given.origins ?? new Map() }),
    log: logs.log,
    metrics,
    store,
    alarms,
    alerts,
    events,
    actorEvents,
    traces: new TraceRoom(),
    cloud,
    guards: guardBook(
      { ...guardSettings(config), ...(given.brokerAt === undefined ? {} : { brokers: [given.brokerAt] }) },
      () => clock.now(),
    ),
  };
  followAlarms(base);
  logs.onTrouble((file, text) => alarms.show(`log.file:${file}`, text));
  let journal: Journal | undefined;
  let inTurn: JournalInTurn | undefined;
  let work: ServerWork | undefined;
  const close = async (): Promise<void> => {
    actorAlarms.stop();
    await work?.finish?.();
    await (inTurn ?? journal)?.close();
    cloud?.close();
    await store.close();
  };
  try {
    journal = observe ? undefined : await blaming(journalKey(config), () => createJournal(base));
    const broker = given.broker ?? (await blaming(brokerKey(config), () => createBroker(config)));
    const linkBroker = given.linkBroker ?? createLinkBroker(config);
    const ports: Ports = { api: 0, metrics: 0 };
    const root = (): Pid | undefined => system.whereis('dog_trainer');
    if (observe) {
      logs.log.warn({}, 'observing: nothing is published, consumed or written (start --observe)');
      work = observeWork(base, { broker, linkBroker, root });
    } else if (opened.kind === 'rethinkdb') {
      const server = await blaming(`data_dir = ${config.data_dir}`, () => serverId(config.data_dir, logs.log));
      inTurn = new JournalInTurn(journal, () => createJournal(base));
      const apiUrl = () => publicUrl(config, ports.api);
      work = electedWork(base, { broker, linkBroker, journal: inTurn, root, server, apiUrl });
    } else work = await aloneWork(base, { broker, linkBroker, journal, root });
    const { operations, state, tree } = work;
    scrapeActors(base);
    const spec = tree(baseActors(base, operations, ports));
    const application = await startApplication(system, {
      name: 'dog_trainer',
      start: spec.start,
      stopTimeoutMs: config.shutdown_seconds * 1000 + STORE_CLOSE_MS,
      // The command line waits for signals.
      signals: [],
    });
    const left = (): readonly string[] => {
      const now = state();
      if (now === undefined) return [];
      const { outbox, gate } = now.delivery;
      const { outputs } = now.policy;
      return whatIsLeft({ outbox, gate, outputs, guard: now.fleet.guard }, journal !== undefined);
    };
    let stopping = false;
    return {
      listening: {
        api: url(config.api.host, ports.api),
        api_port: ports.api,
        metrics: url(config.metrics.host, ports.metrics),
        metrics_port: ports.metrics,
      },
      ended: application.done.then(async () => {
        // After a stop that was asked for this is not waited for.
        if (stopping) return new Promise<never>(() => undefined);
        await Promise.race([close(), sleep(CLOSE_LIMIT_MS, undefined, { ref: false })]);
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
      get state() {
        const now = state();
        if (now === undefined)
          throw new Error('this server has not begun its work: it stands by, or the store is away');
        return flatState(now);
      },
      standing: () => operations().standing(),
      root: application.root,
    };
  } catch (error) {
    // What went wrong first is to be told, whatever its clearing up meets.
    await close().catch((failure: unknown) =>
      logs.log.warn({ err: failure }, 'clearing up after a failed start failed'),
    );
    throw causeOfFailure(error);
  }
}
