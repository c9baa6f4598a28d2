import type { Context } from 'koa';
import type { Json } from '../model/document.js';
import { authorize } from './access/authorize.js';
import type { FailureLimit } from './access/failure-limit.js';
import { withDeadline } from './deadline.js';
import type { Deps } from './deps.js';
import type { Exclusive } from './documents/exclusive.js';
import { ApiError } from './errors.js';
import { forward } from './forward/forward.js';
import { leaderToAsk } from './forward/leader-to-ask.js';
import { bodyMediaType, chooseMediaType, JSON_TYPE } from './media-type.js';
import { bodyBounds, readJsonBody } from './read-json-body.js';
import type { Reply } from './reply.js';
import type { Call, Route, TakesJson } from './route.js';

/** What all calls of one app share. */
export interface Shared {
  readonly deps: Deps;
  readonly exclusive: Exclusive;
  readonly failures: FailureLimit;
}

/** Who asked, and what they get: a reply, or the answer of the server named, which is on the wire already. */
export type Answered = { readonly author: string } & ({ readonly reply: Reply } | { readonly forwardedTo: string });

/** One request to one route: who asks, what they accept, what they send; then the handler, here or at the leader. Throws the refusals of each step. */
export async function answerCall(ctx: Context, route: Route, { deps, exclusive, failures }: Shared): Promise<Answered> {
  const { author, seesSecrets } = await authorize(deps, ctx.req, route.scope, failures);
  const leader = leaderToAsk(deps, route, ctx.req);
  if (leader !== undefined) {
    await forward(ctx, route, leader, deps);
    return { author, forwardedTo: leader.name };
  }
  const accepts = chooseMediaType(ctx.req.headers.accept, route.produces);
  const body = route.takes?.kind === 'json' ? await takeJson(ctx, route.takes, deps) : null;
  const call: Call = {
    deps,
    method: route.method,
    version: route.version,
    params: ctx['params'] as Record<string, string>,
    query: new URLSearchParams(ctx.querystring),
    headers: ctx.req.headers,
    author,
    seesSecrets,
    accepts,
    body,
    incoming: ctx.req,
    now: Math.floor(deps.clock.now() / 1000),
    exclusive,
  };
  const work = Promise.resolve(route.handle(call));
  // Commands wait for a host, and have time limits of their own.
  const reply = route.scope === 'command' ? await work : await withDeadline(deps.config.api.request_timeout_ms, work);
  return { author, reply };
}

/**
 * The JSON body. Which comes first, a bad type or bad JSON, differs from route to route
 * (docs/http-api.md#rules-for-every-route).
 */
async function takeJson(ctx: Context, { parsedFirst }: TakesJson, deps: Deps): Promise<Json> {
  const checkType = () => {
    if (bodyMediaType(ctx.req.headers['content-type']) !== JSON_TYPE) {
      throw new ApiError('unsupported_media_type', { wanted: JSON_TYPE });
    }
  };
  if (!parsedFirst) checkType();
  const body = await readJsonBody(ctx.req, deps.config.api.max_body_bytes, bodyBounds(deps.config.api));
  if (parsedFirst) checkType();
  return body;
}
