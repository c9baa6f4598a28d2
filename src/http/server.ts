import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import type { ApiConfig } from './deps.js';
import { oweContinue } from './read-body.js';

export interface HttpServerOptions extends Partial<
  Pick<ApiConfig, 'headers_timeout_ms' | 'request_timeout_ms' | 'keep_alive_timeout_ms' | 'max_connections'>
> {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface HttpServer {
  /** The port it really listens on. */
  readonly port: number;
  /**
   * Takes no new connections, lets calls under way end, and resolves when all are gone; after `deadlineMs` those left
   * are cut off.
   */
  close(deadlineMs: number): Promise<void>;
}

/** How often the deadlines of connections are looked at. */
const CHECK_MS = 1000;
const IDLE_CHECK_MS = 20;

/**
 * Listens for the app. A connection that does not bring its headers in time, or its whole request, is ended by the
 * server (slow loris), and so is one that sits idle. Rejects when the address can't be listened on.
 */
export async function startHttpServer(app: Koa, options: HttpServerOptions): Promise<HttpServer> {
  const handle = app.callback();
  const server = createServer(
    {
      headersTimeout: options.headers_timeout_ms ?? 10_000,
      requestTimeout: Math.max(options.request_timeout_ms ?? 30_000, options.headers_timeout_ms ?? 10_000),
      keepAliveTimeout: options.keep_alive_timeout_ms ?? 65_000,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
    },
    (request, response) => void handle(request, response),
  );
  server.maxConnections = options.max_connections ?? 10_000;
  server.on('checkContinue', (request, response) => {
    oweContinue(request, response);
    server.emit('request', request, response);
  });
  await listening(server, options);
  return { port: (server.address() as AddressInfo).port, close: (deadlineMs) => closeServer(server, deadlineMs) };
}

function listening(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function closeServer(server: Server, deadlineMs: number): Promise<void> {
  // Connections that stay open between requests are told to end with the next answer.
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection falls idle when its last answer is out; nothing tells us when.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const timer = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
