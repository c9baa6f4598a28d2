import { connect } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import { once } from 'node:events';
import { connect as connectTcp, Socket } from 'node:net';
import { BrokerError } from '../broker.js';
import type { BrokerConnection } from '../broker.js';
import { AmqpConnection } from './connection.js';
import type { Endpoint } from './endpoint.js';
import type { AmqpBrokerOptions } from './options.js';
import { GATHERED_BYTES } from './gathered-writes.js';
import { resetSocket } from './reset-socket.js';
import { tlsSetup } from './tls.js';

const HEARTBEAT_S = 15;
const CONNECT_TIMEOUT_MS = 10_000;
const PUBLISH_WINDOW = 512;
const CONFIRM_TIMEOUT_MS = 5_000;

/**
 * One attempt at one host, from the name to the open virtual host. Rejects with a BrokerError when it was given up, or
 * with what amqplib or the socket said.
 */
export async function dial(
  endpoint: Endpoint,
  options: AmqpBrokerOptions,
  signal?: AbortSignal,
  refusal: () => BrokerError | undefined = () => undefined,
): Promise<BrokerConnection> {
  const { label } = endpoint;
  const limit = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  // Ours alone: the caller's signal must not reach the socket once it is connected.
  const attempt = new AbortController();
  const giveUp = (): void => {
    const why = `${label}: connecting was given up`;
    attempt.abort(new BrokerError('connection', 'closed', why, { cause: signal?.reason }));
  };
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener('abort', giveUp);
  const timer = setTimeout(
    () => attempt.abort(new BrokerError('connection', 'timeout', `${label}: no connection within ${limit} ms`)),
    limit,
  );
  try {
    return await open(endpoint, options, attempt.signal, refusal);
  } catch (error) {
    throw attempt.signal.aborted ? attempt.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

async function open(
  endpoint: Endpoint,
  options: AmqpBrokerOptions,
  signal: AbortSignal,
  refusal: () => BrokerError | undefined,
): Promise<BrokerConnection> {
  signal.throwIfAborted();
  const heartbeatSeconds = options.heartbeatSeconds ?? HEARTBEAT_S;
  const tls = endpoint.tls ? await tlsSetup(options.ssl_options ?? {}) : undefined;
  const underTls = tls === undefined ? undefined : await tcpSocket(endpoint.host, endpoint.port, signal);
  // amqplib sends the host's name unless it is an address; Node has tried all of the name's, and this one answered.
  const address = underTls?.remoteAddress;
  try {
    const connecting = connect(
      {
        protocol: endpoint.tls ? 'amqps' : 'amqp',
        hostname: address ?? endpoint.host,
        port: endpoint.port,
        username: endpoint.username,
        password: endpoint.password,
        vhost: encodeURIComponent(endpoint.vhost),
        heartbeat: heartbeatSeconds,
        frameMax: 0,
        channelMax: 0,
      },
      {
        ...tls,
        ...(underTls === undefined ? {} : { socket: underTls }),
        noDelay: true,
        keepAlive: true,
        clientProperties: { connection_name: options.connectionName ?? 'dog_trainer' },
        // Not in amqplib's types, but it hands all of this to `net.connect`.
        ...({ signal, writableHighWaterMark: GATHERED_BYTES } as object),
      },
    );
    const model = await orAborted(connecting, signal);
    // Not in amqplib's types; without it neither silence nor a half-open socket could be dealt with.
    const { stream } = model.connection as unknown as { stream?: unknown };
    if (!(stream instanceof Socket)) throw new Error('amqplib no longer shows its socket; use the version named here');
    return new AmqpConnection(model, {
      label: endpoint.label,
      socket: stream,
      reset: () => resetSocket(underTls ?? stream, stream),
      heartbeatSeconds,
      publishWindow: options.publishWindow ?? PUBLISH_WINDOW,
      refusal,
      confirmTimeoutMs: options.confirmTimeoutMs ?? CONFIRM_TIMEOUT_MS,
    });
  } catch (error) {
    underTls?.destroy();
    throw error;
  }
}

/** A TLS socket can't be reset, the TCP socket under it can: so that one is made here. */
async function tcpSocket(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host, port, noDelay: true, keepAlive: true });
  try {
    await once(socket, 'connect', { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  // From now on the TLS socket reports what happens to it.
  socket.on('error', () => undefined);
  return socket;
}

/** amqplib never settles when its socket is closed without an error, so giving up may not depend on it. */
async function orAborted(connecting: Promise<ChannelModel>, signal: AbortSignal): Promise<ChannelModel> {
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    // Should it be made after all, it is not waited for any more; what else becomes of it is told already.
    connecting.then((model) => model.close()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
