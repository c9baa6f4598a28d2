import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';

/** A machine that is down does not even refuse the connection; on a working network, connecting takes far less. */
const CONNECT_MS = 5000;

/**
 * One connection per request, closed by this side after it. Forwarded requests are few, and none must be sent on a kept
 * connection that the leader is just closing: that could not be told from a leader that died during a command. This
 * side closes, because the leader would close right after its answer, possibly before the whole body was sent, and the
 * reset that follows could overtake the answer.
 */
const limits = { keepAlive: false, maxSockets: 512 } as const;
const agents = { http: new HttpAgent(limits), https: new HttpsAgent(limits) } as const;

/** The request, and the leader that it goes to. */
export interface LeaderRequest {
  /** Base URL of the leader. */
  readonly url: string;
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly target: string;
  /** Raw headers, without `host`. */
  readonly headers: readonly string[];
}

/** A request in progress. */
export interface OpenRequest {
  readonly upstream: ClientRequest;
  /** Whether it was connected: from then on the leader may have got all of it. */
  readonly reached: () => boolean;
}

/**
 * Opens the request; its body is still to be written. Throws on an unusable URL, and fails with an error if no server
 * listens.
 */
export function openRequest({ url, method, target, headers }: LeaderRequest): OpenRequest {
  const base = new URL(url);
  const { hostname, port } = urlToHttpOptions(base);
  const secure = base.protocol === 'https:';
  const upstream = (secure ? httpsRequest : httpRequest)({
    hostname,
    port,
    method,
    path: base.pathname.replace(/\/$/, '') + target,
    headers: ['host', base.host, 'connection', 'keep-alive', ...headers],
    agent: secure ? agents.https : agents.http,
  });
  let reached = false;
  upstream.once('socket', (socket) => {
    const timer = setTimeout(() => upstream.destroy(new Error(`no connection within ${CONNECT_MS} ms`)), CONNECT_MS);
    socket.once('connect', () => {
      reached = true;
      clearTimeout(timer);
    });
    socket.once('close', () => clearTimeout(timer));
  });
  return { upstream, reached: () => reached };
}
