import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './create-metrics.js';
import { VARZ_FUNCTIONS, imetricsText } from './imetrics-text.js';

/** What `/readyz` answers: 200 when ready, else 503; the whole object is the body. */
export interface Readiness {
  readonly ready: boolean;
}

export interface MetricsServerOptions {
  readonly metrics: Metrics;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly readiness: () => Readiness;
  /** Throws, with the text for the client, where a request is not for this server: it is answered 421. */
  readonly refuse?: (headers: IncomingMessage['headers']) => void;
  /** Told when a request could not be answered. */
  readonly onError?: (error: unknown) => void;
}

export interface MetricsServer {
  readonly host: string;
  /** The real one. */
  readonly port: number;
  /** Resolves when no connection is left. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

/**
 * Listens for scrapers (docs/metrics.md#paths): `/imetrics/varz:counters`, `/imetrics/varz/counters` and so on,
 * `/metrics`, `/livez`, `/readyz`. Needs no token; any method is taken as a read.
 * Rejects when the address cannot be listened on.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    void answer(request, response, options);
  });
  // A scraper sends only a short request: a slow client just occupies a connection.
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  server.maxConnections = 1000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => options.onError?.(error));
  return {
    host: options.host,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: MetricsServerOptions,
): Promise<void> {
  let reply: Answer;
  try {
    options.refuse?.(request.headers);
  } catch (error) {
    response.writeHead(421, { 'content-type': 'text/plain' });
    response.end(`${error instanceof Error ? error.message : String(error)}\n`);
    return;
  }
  try {
    reply = await route(request.url?.split('?')[0] ?? '', options);
  } catch (error) {
    options.onError?.(error);
    reply = { status: 500, body: '' };
  }
  response.statusCode = reply.status;
  if (reply.type !== undefined) response.setHeader('content-type', reply.type);
  response.setHeader('content-length', Buffer.byteLength(reply.body));
  response.end(reply.body);
}

async function route(path: string, { metrics, readiness }: MetricsServerOptions): Promise<Answer> {
  const varz = /^\/imetrics\/varz[:/](\w+)$/.exec(path)?.[1];
  const what = VARZ_FUNCTIONS.find((name) => name === varz);
  if (what !== undefined) return { status: 200, type: 'text/plain', body: await imetricsText(metrics, what) };
  switch (path) {
    case '/metrics':
      metrics.collect();
      return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
    case '/livez':
      return { status: 200, type: 'text/plain', body: 'ok\n' };
    case '/readyz': {
      const state = readiness();
      return { status: state.ready ? 200 : 503, type: 'application/json', body: `${JSON.stringify(state)}\n` };
    }
    default:
      return { status: 404, body: '' };
  }
}
