import { connect } from 'amqplib';
import { Socket } from 'node:net';
import { BrokerError } from '../broker.js';
import type { Broker, BrokerConnection } from '../broker.js';
import { AmqpConnection } from './connection.js';
import { parseEndpoints, shuffled } from './endpoint.js';
import type { Endpoint } from './endpoint.js';
import { failedConnect } from './errors.js';
import type { AmqpBrokerOptions } from './options.js';
import { tlsSetup } from './tls.js';

const HEARTBEAT_S = 15;
const CONNECT_TIMEOUT_MS = 10_000;
const PUBLISH_WINDOW = 512;

/**
 * RabbitMQ as the broker. `connect` tries every host once, in random order.
 * @throws Error when a URL is malformed (at once, not when connecting)
 */
export function createAmqpBroker(options: AmqpBrokerOptions): Broker {
  const endpoints = parseEndpoints(options);
  return {
    kind: 'amqp',
    describe: endpoints.map((endpoint) => endpoint.label).join(', '),
    async connect(signal) {
      const failures: BrokerError[] = [];
      for (const endpoint of shuffled(endpoints, options.random ?? Math.random)) {
        try {
          return await dial(endpoint, options, signal);
        } catch (error) {
          const failure = failedConnect(endpoint.label, error);
          if (signal?.aborted === true) throw failure;
          failures.push(failure);
        }
      }
      const [first] = failures;
      if (failures.length === 1 && first !== undefined) throw first;
      const codes = new Set(failures.map((failure) => failure.code));
      throw new BrokerError(
        'connection',
        codes.size === 1 && first !== undefined ? first.code : 'refused',
        `no broker can be reached: ${failures.map((failure) => failure.message).join('; ')}`,
        { cause: new AggregateError(failures) },
      );
    },
  };
}

async function dial(endpoint: Endpoint, options: AmqpBrokerOptions, signal?: AbortSignal): Promise<BrokerConnection> {
  const { label } = endpoint;
  const heartbeatSeconds = options.heartbeatSeconds ?? HEARTBEAT_S;
  const limit = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const tls = endpoint.tls ? await tlsSetup(endpoint.host, options.ssl_options ?? {}) : undefined;

  // Ours alone: the caller's signal must not reach the socket once it is connected.
  const attempt = new AbortController();
  const giveUp = (): void =>
    attempt.abort(
      new BrokerError('connection', 'closed', `${label}: connecting was given up`, { cause: signal?.reason }),
    );
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener('abort', giveUp);
  const timer = setTimeout(
    () => attempt.abort(new BrokerError('connection', 'timeout', `${label}: no connection within ${limit} ms`)),
    limit,
  );
  try {
    attempt.signal.throwIfAborted();
    const socketOptions = {
      ...tls?.options,
      noDelay: true,
      keepAlive: true,
      signal: attempt.signal,
      clientProperties: { connection_name: options.connectionName ?? 'dog_trainer' },
    };
    const model = await connect(
      {
        protocol: endpoint.tls ? 'amqps' : 'amqp',
        hostname: tls?.host ?? endpoint.host,
        port: endpoint.port,
        username: endpoint.username,
        password: endpoint.password,
        vhost: encodeURIComponent(endpoint.vhost),
        heartbeat: heartbeatSeconds,
        frameMax: 0,
        channelMax: 0,
      },
      socketOptions,
    );
    // Not in amqplib's types; without it neither silence nor a half-open socket could be dealt with.
    const { stream } = model.connection as unknown as { stream?: unknown };
    if (!(stream instanceof Socket)) throw new Error('amqplib no longer shows its socket; use the version named here');
    return new AmqpConnection(model, {
      label,
      socket: stream,
      heartbeatSeconds,
      publishWindow: options.publishWindow ?? PUBLISH_WINDOW,
    });
  } catch (error) {
    throw attempt.signal.aborted ? attempt.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
