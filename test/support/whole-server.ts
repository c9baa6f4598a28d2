import { vi } from 'vitest';
import type { Broker, BrokerConnection, Delivery } from '../../src/broker/broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { loadConfig } from '../../src/config/load.js';
import { createLogger } from '../../src/log/create-logger.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { tree, type ActorNode, type Clock } from '../../src/otp/index.js';
import { declareAgentQueue } from '../../src/sim/agent-topology.js';
import type { Store } from '../../src/store/store.js';
import { startServer, type StartedServer, type StartOptions } from '../../src/server/start-server.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { encodeReport, type UpdateType } from '../../src/wire/messages/report.js';
import { decodeRulesPayload, type RulesPayload } from '../../src/wire/messages/rules-payload.js';
import { client, RULE, type Client } from './api-client.js';
import { onTestFinished } from './on-test-finished.js';
import { temporaryDirectory } from './temporary-directory.js';

/** Short intervals, so that what takes minutes in the field takes tenths of a second here. */
export const QUICK: readonly string[] = [
  'publish_quiet_ms=20',
  'profile_periodic_publish_interval_seconds=0.1',
  'ipset_periodic_publish_interval_seconds=0.1',
  'broker.reconnect_min_ms=20',
  'broker.reconnect_max_ms=200',
  'links.reconnect_max_ms=200',
  'intake.force_interval_seconds=0',
];

export interface WholeServerOptions {
  /** `key=value` on top of `QUICK`. */
  readonly set?: readonly string[];
  /** Default: a new directory that goes with the test. */
  readonly data?: string;
  /** Default: an in-process broker of its own. */
  readonly broker?: Broker;
  readonly store?: Store;
  readonly linkBroker?: StartOptions['linkBroker'];
  readonly clock?: Clock;
}

/** The real server, all of it, in this process. */
export interface WholeServer {
  readonly server: StartedServer;
  readonly broker: Broker;
  readonly data: string;
  readonly api: Client;
  /** POSTs a document to v2 and gives its id. */
  create(resource: string, doc: JsonObject): Promise<string>;
  /** Reads, changes and PUTs a document of v2. */
  edit(resource: string, id: string, change: JsonObject): Promise<void>;
  /** A profile with one ruleset of these inbound rules; gives both ids. */
  profile(
    name: string,
    inbound: readonly JsonObject[],
  ): Promise<{ readonly profile: string; readonly ruleset: string }>;
  /** A group with a profile of its own, published. */
  group(name: string, inbound?: readonly JsonObject[]): Promise<GroupParts>;
  ruleset(groupId: string): Promise<JsonObject>;
  /** Waits until the group's ruleset has this state, and gives it. */
  reaches(groupId: string, state: string): Promise<JsonObject>;
  host(hostkey: string): Document | undefined;
  tree(): ActorNode;
  stop(): Promise<readonly string[]>;
}

export interface GroupParts {
  readonly group: string;
  readonly profile: string;
  readonly ruleset: string;
}

/** How long these tests wait before they say that something never comes; what is well takes milliseconds. */
export const SOON = { timeout: 25_000, interval: 10 } as const;

/** Waits until `look` gives something true, and gives it. */
export function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what = 'it',
  options: { readonly timeout: number; readonly interval: number } = SOON,
): Promise<T> {
  return vi.waitFor(async () => {
    const found = await look();
    if (found === undefined || found === false) throw new Error(`${what} has not happened`);
    return found;
  }, options);
}

/** Starts the whole server on free ports; it is stopped when the test ends, if it still runs. */
export async function startWholeServer(options: WholeServerOptions = {}): Promise<WholeServer> {
  const data = options.data ?? temporaryDirectory();
  const { config, origins } = loadConfig({
    data,
    set: [...QUICK, 'api.port=0', 'metrics.port=0', 'log.level=silent', ...(options.set ?? [])],
  });
  const broker = options.broker ?? createMemoryBroker();
  const logs = createLogger(config.log);
  const server = await startServer({
    config,
    origins,
    logs,
    broker,
    ...(options.store === undefined ? {} : { store: options.store }),
    ...(options.linkBroker === undefined ? {} : { linkBroker: options.linkBroker }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  let stopped: Promise<readonly string[]> | undefined;
  const stop = (): Promise<readonly string[]> => (stopped ??= server.stop());
  onTestFinished(async () => void (await stop()));
  const api = client(server.listening.api);
  const must = async (method: string, path: string, wanted: number, body?: unknown): Promise<JsonObject> => {
    const answer = await api(method, path, body);
    if (answer.status !== wanted) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.json;
  };
  const self: WholeServer = {
    server,
    broker,
    data,
    api,
    stop,
    create: async (resource, doc) => (await must('POST', `/api/V2/${resource}`, 201, doc)).id as string,
    async edit(resource, id, change) {
      const { id: _id, ...doc } = await must('GET', `/api/V2/${resource}/${id}`, 200);
      await must('PUT', `/api/V2/${resource}/${id}`, 303, { ...doc, ...change });
    },
    async profile(name, inbound) {
      const profile = await self.create('profile', { name, version: '1.0' });
      const ruleset = await self.create('ruleset', { name, profile_id: profile, rules: { inbound, outbound: [] } });
      return { profile, ruleset };
    },
    async group(name, inbound = [RULE]) {
      const { profile, ruleset } = await self.profile(name, inbound);
      const group = await self.create('group', {
        name,
        description: '',
        profile_id: profile,
        profile_name: name,
        profile_version: 'latest',
      });
      await self.reaches(group, 'published');
      return { group, profile, ruleset };
    },
    ruleset: (groupId) => must('GET', `/api/V2/group/${groupId}/ruleset`, 200),
    reaches: (groupId, state) =>
      until(async () => {
        const shown = await self.ruleset(groupId);
        return shown.state === state ? shown : undefined;
      }, `group ${groupId} ${state}`),
    host: (hostkey) => server.state.world.hostByKey(hostkey),
    tree: () => tree(server.state.system, server.root) as ActorNode,
  };
  return self;
}

/** What agents are sent, as a queue that an agent would bind hears it. */
export interface Ear {
  readonly connection: BrokerConnection;
  readonly heard: readonly Heard[];
  /** Those with rules in them, in order. */
  rulesets(): readonly RulesPayload[];
  /** Those with sets in them, in order. */
  sets(): readonly string[];
  clear(): void;
}

export interface Heard {
  readonly queue: 'iptables' | 'config';
  readonly delivery: Delivery;
  readonly at: number;
}

/** Declares, binds and consumes an agent's queues for rules and configuration, with the agent's very bindings. */
export async function listenAsAgent(
  broker: Broker,
  host: { readonly hostkey: string; readonly group: string },
): Promise<Ear> {
  const connection = await broker.connect();
  onTestFinished(() => connection.close());
  const heard: Heard[] = [];
  for (const queue of ['iptables', 'config'] as const) {
    await declareAgentQueue(connection, queue, { environment: '*', location: '*', ...host });
    await connection.consume(`${queue}.${host.hostkey}`, { prefetch: 1 }, (delivery) => {
      heard.push({ queue, delivery, at: performance.now() });
      delivery.ack();
    });
  }
  const payloads = (): RulesPayload[] =>
    heard.filter(({ queue }) => queue === 'iptables').map(({ delivery }) => decodeRulesPayload(delivery.body));
  return {
    connection,
    heard,
    rulesets: () => payloads().filter(({ ruleset4_ipset }) => typeof ruleset4_ipset === 'string'),
    sets: () =>
      payloads()
        .map(({ ipsets }) => ipsets)
        .filter((text): text is string => typeof text === 'string' && text !== ''),
    clear: () => void heard.splice(0),
  };
}

/** A report's fields, complete and plausible. */
export function reportOf(hostkey: string, group: string, more: JsonObject = {}): JsonObject {
  return {
    name: `${hostkey}.example.net`,
    interfaces: '{"eth0":["10.1.1.51"],"lo":["127.0.0.1","::1"]}',
    group,
    location: '*',
    environment: '*',
    hostkey,
    hash4_ipsets: '',
    hash6_ipsets: '',
    hash4_iptables: '',
    hash6_iptables: '',
    ipset_hash: '',
    version: 'test',
    ...more,
  };
}

/** Publishes a report as an agent does; resolves when the broker has it. */
export function report(connection: BrokerConnection, type: UpdateType, fields: JsonObject): Promise<void> {
  return sendReport(connection, encodeReport(type, fields, stampAt(new Date())));
}

/** Publishes bytes to the reports' exchange. */
export function sendReport(connection: BrokerConnection, body: Uint8Array): Promise<void> {
  return connection.publish({ exchange: 'ips', routingKey: 'ips', body, contentType: 'text/json', persistent: true });
}

/** Everything that is published to agents, whoever they are, in order. */
export interface Wire {
  readonly heard: readonly { readonly key: string; readonly body: Buffer; readonly at: number }[];
  /** Routing keys of rulesets, in order; sets are `sets`. */
  keys(): readonly string[];
  /** The texts with sets of the rulesets sent with this key, in order. */
  texts(key: string): readonly string[];
  clear(): void;
}

/** Listens to all that the server sends, from now on. */
export async function listenToAll(broker: Broker): Promise<Wire> {
  const connection = await broker.connect();
  onTestFinished(() => connection.close());
  const { name } = await connection.declareQueue({ name: '', durable: false, autoDelete: true, exclusive: true });
  for (const [exchange, type] of [
    ['iptables', 'topic'],
    ['ipsets', 'fanout'],
  ] as const) {
    await connection.declareExchange({ name: exchange, type, durable: true });
    await connection.bindQueue(name, exchange, '#');
  }
  const heard: { key: string; body: Buffer; at: number }[] = [];
  await connection.consume(name, { prefetch: 0 }, (delivery) => {
    const key = delivery.exchange === 'ipsets' ? 'sets' : delivery.routingKey;
    heard.push({ key, body: Buffer.from(delivery.body), at: performance.now() });
    delivery.ack();
  });
  return {
    heard,
    keys: () => heard.map(({ key }) => key),
    texts: (key) =>
      heard
        .filter((each) => each.key === key)
        .map(({ body }) => decodeRulesPayload(body).ruleset4_ipset)
        .filter((text): text is string => typeof text === 'string'),
    clear: () => void heard.splice(0),
  };
}
