import { createServer, type Server, type ServerResponse } from 'node:http';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect, type Server as NetServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type Koa from 'koa';
import { boundBodyTime } from './body-time.js';
import type { ApiConfig } from './http-config.js';
import { oweContinue } from './read-body.js';

type Limits = Partial<
  Pick<ApiConfig, 'headers_timeout_ms' | 'request_timeout_ms' | 'keep_alive_timeout_ms' | 'max_connections'>
>;

/** Where to listen: a port (0: any free one), or a Unix socket that only this user can open. */
export type HttpServerOptions = Limits &
  ({ readonly host: string; readonly port: number } | { readonly socketPath: string });

export interface HttpServer {
  /** The port it really listens on; 0 for a socket. */
  readonly port: number;
  /**
   * Takes no new connections, lets calls in progress end, and resolves when all are closed; after `deadlineMs` the
   * remaining ones are cut off.
   */
  close(deadlineMs: number): Promise<void>;
}

/** The port of a server that listens; 0 for a socket. */
function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** In milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Deadlines of connections are looked at twice in the time of one, and at most and at least so often: that wakes a server at rest. */
const [CHECK_AT_MOST_MS, CHECK_AT_LEAST_MS] = [1000, 5000];

/**
 * Listens for the app. A connection that does not bring its headers in time, or its whole request, is ended by the
 * server (slow loris), and so is one that sits idle. Rejects when the address can't be listened on.
 */
export async function startHttpServer(app: Koa, options: HttpServerOptions): Promise<HttpServer> {
  const handle = app.callback();
  const headersTimeout = options.headers_timeout_ms ?? HEADERS_TIMEOUT_MS;
  const server = createServer({
    headersTimeout,
    // Bodies have a time of their own, since a file may take longer than any other.
    requestTimeout: 0,
    keepAliveTimeout: options.keep_alive_timeout_ms ?? 65_000,
    connectionsCheckingInterval: Math.max(CHECK_AT_MOST_MS, Math.min(CHECK_AT_LEAST_MS, headersTimeout / 2)),
    maxHeaderSize: 16 * 1024,
    noDelay: true,
  });
  const connections = new Connections();
  server.on('connection', (socket: Socket) => connections.opened(socket));
  const bodyMs = options.request_timeout_ms ?? 30_000;
  server.on('request', (request, response) => {
    connections.asked(request.socket, response);
    boundBodyTime(request, response, bodyMs);
    void handle(request, response);
  });
  server.maxConnections = options.max_connections ?? 10_000;
  server.on('checkContinue', (request, response) => {
    oweContinue(request, response);
    server.emit('request', request, response);
  });
  await listening(server, options);
  return {
    port: portOf(server),
    close: (deadlineMs) => closeServer(server, connections, deadlineMs),
  };
}

/** Resolves when the server listens there; rejects when it can't. */
export async function listening(server: NetServer, options: HttpServerOptions): Promise<void> {
  if ('socketPath' in options) await removeStaleSocket(options.socketPath);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const where =
      'socketPath' in options
        ? { path: options.socketPath }
        : { host: options.host, port: options.port, backlog: 1024 };
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
  if ('socketPath' in options) await chmod(options.socketPath, 0o600);
}

/** A socket file that a killed server left behind would keep the next one from listening. */
async function removeStaleSocket(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const answers = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
  // A socket that answers belongs to another server: listening will fail with that.
  if (!answers) await rm(path, { force: true });
}

/** Tracks which connections have a call in progress, so that closing can end all others. */
class Connections {
  readonly #open = new Set<Socket>();
  readonly #busy = new Set<Socket>();
  #closing = false;

  opened(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  /** A call has begun. */
  asked(socket: Socket, response: ServerResponse): void {
    this.#busy.add(socket);
    if (this.#closing) response.setHeader('connection', 'close');
    // It comes once.
    response.on('close', () => {
      this.#busy.delete(socket);
      if (this.#closing) socket.end();
    });
  }

  /** Ends every connection without a call now, and each other one after its answer. */
  end(): void {
    this.#closing = true;
    for (const socket of this.#open) if (!this.#busy.has(socket)) socket.destroy();
  }
}

async function closeServer(server: Server, connections: Connections, deadlineMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  connections.end();
  const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearTimeout(timer);
}
