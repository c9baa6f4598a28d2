import { onTestFinished } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { decodeRulesPayload } from '../../src/wire/messages/rules-payload.js';
import type { PrivateRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';
import { listenToAll, startWholeServer, until, type WholeServer } from './whole-server.js';

/** Addresses by the full name of their set, sorted. */
export type Sets = Readonly<Record<string, readonly string[]>>;

/** A whole server on a RabbitMQ of its own, with links to others, each through a proxy. */
export interface LinkedServer extends WholeServer {
  readonly env: string;
  /** What agents were sent last. */
  sets(): Sets;
  /** All that agents were ever sent, oldest first. */
  history(): readonly Sets[];
  /** Makes a link to that server; gives its id. */
  link(to: LinkedServer, more?: JsonObject): Promise<string>;
  /** The way to that server's broker. */
  wayTo(env: string): TcpProxy;
  external(env: string): Document | undefined;
  readonly rabbit: PrivateRabbit;
}

const INTERVAL = 'external_ipset_periodic_publish_interval_seconds=0.2';

/** The body of a link without TLS, as these tests' brokers have it. */
export function linkTo(env: string, port: number, more: JsonObject = {}): JsonObject {
  return {
    name: env,
    connection_type: 'thumper',
    direction: 'bidirectional',
    address_handling: 'union',
    enabled: true,
    connection: {
      host: '127.0.0.1',
      port,
      api_port: 15672,
      user: 'dog',
      password: 'a secret/of:the@test',
      virtual_host: 'dog',
      tls: false,
      ssl_options: {
        cacertfile: 'none',
        certfile: 'none',
        keyfile: 'none',
        server_name_indication: 'disable',
        verify: 'verify_peer',
        fail_if_no_peer_cert: true,
      },
    },
    ...more,
  };
}

/** `set`: configuration on top of short intervals. */
export async function startLinkedServer(
  env: string,
  rabbit: PrivateRabbit,
  { set = [], data }: { readonly set?: readonly string[]; readonly data?: string } = {},
): Promise<LinkedServer> {
  const broker = createAmqpBroker({ urls: [rabbit.url], heartbeatSeconds: 5 });
  const wire = await listenToAll(broker);
  const server = await startWholeServer({
    broker,
    ...(data === undefined ? {} : { data }),
    set: [`env=${env}`, INTERVAL, ...set],
  });
  const ways = new Map<string, TcpProxy>();
  const history = (): readonly Sets[] =>
    wire.heard.flatMap(({ key, body }) => {
      const text = key === 'sets' ? decodeRulesPayload(body).ipsets : undefined;
      return typeof text === 'string' ? [readSets(text)] : [];
    });
  return {
    ...server,
    env,
    rabbit,
    history,
    sets: () => history().at(-1) ?? {},
    async link(to, more = {}) {
      const way = await startTcpProxy({ host: to.rabbit.host, port: to.rabbit.port });
      onTestFinished(() => way.close());
      ways.set(to.env, way);
      return server.create('link', linkTo(to.env, way.port, more));
    },
    wayTo(other) {
      const way = ways.get(other);
      if (way === undefined) throw new Error(`${env} has no link to ${other}`);
      return way;
    },
    external: (other) => [...server.server.state.world.rows('external').values()].find(({ name }) => name === other),
  };
}

function readSets(text: string): Sets {
  const sets: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const [verb, name = '', address = ''] = line.split(' ');
    if (verb === 'create' && !name.endsWith('n')) sets[name] ??= [];
    if (verb === 'add') (sets[name.slice(0, -1)] ??= []).push(address.replace(/\/32$|\/128$/, ''));
  }
  for (const list of Object.values(sets)) list.sort();
  return sets;
}

/** A zone of these IPv4 addresses. */
export function zone(name: string, addresses: readonly string[]): JsonObject {
  return { name, ipv4_addresses: addresses, ipv6_addresses: [] };
}

/** Waits until agents of the server have a set with just these addresses; undefined: no such set. */
export function hasSet(
  server: LinkedServer,
  name: string,
  addresses: readonly string[] | undefined,
  timeout = 25_000,
): Promise<true> {
  const wanted = addresses === undefined ? undefined : JSON.stringify([...addresses].sort());
  return until(
    () => {
      const found = server.sets()[name];
      return (found === undefined ? undefined : JSON.stringify(found)) === wanted && server.history().length > 0
        ? true
        : undefined;
    },
    `${server.env} with ${name} of ${wanted ?? 'nothing'}`,
    { timeout, interval: 50 },
  );
}
