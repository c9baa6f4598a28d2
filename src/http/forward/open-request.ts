import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';

/** A machine that is gone does not even refuse; on a network that works, a connection takes far less. */
const CONNECT_MS = 5000;

/**
 * A connection a request, closed by this side after it: forwarded requests are few, and so none meets a kept connection
 * that the leader is just closing, which could not be told from a leader that died over a command. It is this side that
 * closes because a leader that was told to would do so right after its answer, also where that comes before the body is
 * through, and the reset that follows could overtake the answer.
 */
const limits = { keepAlive: false, maxSockets: 512 } as const;
const agents = { http: new HttpAgent(limits), https: new HttpsAgent(limits) } as const;

/** What is asked, of whom. */
export interface LeaderRequest {
  /** Base URL of the leader. */
  readonly url: string;
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly target: string;
  /** Raw headers, without `host`. */
  readonly headers: readonly string[];
}

/** A request under way. */
export interface OpenRequest {
  readonly upstream: ClientRequest;
  /** Whether there was a connection: from then on the leader may have got all of it. */
  readonly reached: () => boolean;
}

/** Opens the request; its body is still to be written. Throws on an unusable URL, and ends with an error if nobody listens. */
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
