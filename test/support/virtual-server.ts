import type { BrokerConnection } from '../../src/broker/broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { virtualClock, type VirtualClock } from '../../src/otp/testing/index.js';
import type { UpdateType } from '../../src/wire/messages/report.js';
import { openAwaitedStore } from './awaited-store.js';
import { startTestRelay, type TestRelay } from './smtp-relay.js';
import { temporaryDirectory } from './temporary-directory.js';
import { report, reportOf, startWholeServer, type WholeServer, type WholeServerOptions } from './whole-server.js';
import { onTestFinished } from 'vitest';

/** The whole server on a clock that moves only when told; disk, sockets, SMTP and the in-process broker are real. */
export interface VirtualServer extends WholeServer {
  readonly clock: VirtualClock;
  readonly relay: TestRelay;
  /** Moves time on by `ms`, letting everything that becomes due finish its work. */
  pass(ms: number): Promise<void>;
  /** Lets time flow until `work` is done. */
  flow<T>(work: Promise<T>): Promise<T>;
  /** Lets time flow until `look` gives something true; fails after two virtual minutes. */
  awaits<T>(look: () => T | undefined | false | Promise<T | undefined | false>, what: string): Promise<T>;
  /** A report of this host, handled. `group` default `web`. Hashes: those of the group, unless `more` says otherwise. */
  says(type: UpdateType, hostkey: string, more?: JsonObject): Promise<void>;
  /** Registers a host and sees it active. */
  settle(hostkey: string, group?: string): Promise<void>;
  /** The hash fields that a host of this group reports when all is well. */
  hashes(group: string): JsonObject;
  subjects(): readonly string[];
}

const STEP_MS = 20;
const PATIENCE_STEPS = 6000;
/** Real milliseconds for which sockets are waited for before time goes a step on, where that is asked for. */
const REAL_MS = 10;

/** Turns of the event loop after which time goes on though the store has not answered. */
const MOST_TURNS = 100_000;

/** Lets messages, commits and answers on sockets come through: real work that no virtual timer waits for. */
async function breathe(unanswered: () => number): Promise<void> {
  for (let i = 0; i < 6 || (unanswered() > 0 && i < MOST_TURNS); i += 1)
    await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Starts it, with mail to a relay of its own; it stops with the test. Time stands still while the store has not answered. */
export async function startVirtualServer(
  options: WholeServerOptions & {
    readonly clock?: VirtualClock;
    readonly relay?: TestRelay;
    /** Time goes on more slowly while an answer is due on a socket. Default: no. */
    readonly waitsForSockets?: boolean;
  } = {},
): Promise<VirtualServer> {
  const clock = options.clock ?? virtualClock(Date.UTC(2026, 2, 1));
  const data = options.data ?? temporaryDirectory();
  const { store, unanswered } =
    options.store === undefined ? await openAwaitedStore(data, clock) : { unanswered: () => 0, store: options.store };
  let relay = options.relay;
  if (relay === undefined) {
    const own = await startTestRelay();
    onTestFinished(() => own.close());
    relay = own;
  }
  const mails = relay;
  const pass = (ms: number): Promise<void> => clock.advance(ms, () => breathe(unanswered));
  const flow = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const note = (): void => void (done = true);
    work.then(note, note);
    while (!done) {
      // How long a socket takes must not decide how far everything else is by then.
      for (let i = 0; options.waitsForSockets === true && !done && i < REAL_MS; i += 1)
        await new Promise((resolve) => setTimeout(resolve, 1));
      await pass(STEP_MS);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return work;
  };
  const server = await flow(
    startWholeServer({
      ...options,
      data,
      store,
      clock,
      set: [
        'smtp_relay=127.0.0.1',
        `smtp_port=${relay.port}`,
        'smtp_tls=none',
        'smtp_from=dog@example.org',
        'smtp_to=ops@example.org',
        'alerts.digest_after=1000',
        ...(options.set ?? []),
      ],
    }),
  );
  let connection: BrokerConnection | undefined;
  const { state } = server.server;
  const self: VirtualServer = {
    ...server,
    clock,
    relay,
    pass,
    flow,
    create: (resource, doc) => flow(server.create(resource, doc)),
    edit: (resource, id, change) => flow(server.edit(resource, id, change)),
    group: (name, inbound) => flow(server.group(name, inbound)),
    stop: () => flow(server.stop()),
    async awaits(look, what) {
      for (let step = 0; step < PATIENCE_STEPS; step += 1) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        await pass(STEP_MS);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      throw new Error(`${what} has not happened within two virtual minutes`);
    },
    hashes: (group) => {
      const row = state.world.groupByName(group);
      const sets = [...state.world.rows('ipset').values()].sort((a, b) => Number(b.timestamp) - Number(a.timestamp));
      const fields = ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'];
      return {
        ...Object.fromEntries(fields.map((field) => [field, row?.[field] ?? ''])),
        ipset_hash: sets[0]?.hash ?? '',
      };
    },
    async says(type, hostkey, more = {}) {
      connection ??= await server.broker.connect();
      const group = typeof more.group === 'string' ? more.group : 'web';
      const before = handled(server);
      await report(connection, type, reportOf(hostkey, group, { ...self.hashes(group), ...more }));
      await self.awaits(() => handled(server) > before, `the report of ${hostkey}`);
    },
    async settle(hostkey, group = 'web') {
      await self.says('force', hostkey, { group });
      await self.awaits(() => state.world.hostByKey(hostkey) !== undefined, 'its registration');
      await self.says('keepalive', hostkey, { group });
      await self.awaits(() => state.world.hostByKey(hostkey)?.active === 'active', 'active');
    },
    subjects: () => mails.mails.map(({ headers }) => headers.get('subject') ?? ''),
  };
  return self;
}

/** Reports answered so far, refused ones included. */
function handled(server: WholeServer): number {
  const intake = server.tree().children?.find(({ id }) => id === 'intake_sup')?.children?.[0]?.detail;
  return Number(intake?.handled ?? 0) + Number(intake?.dead_letters ?? 0);
}
