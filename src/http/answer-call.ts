import type { Context } from 'koa';
import type { Json } from '../model/document.js';
import { authorize, type AuthorizeNeeds, type Caller, callerWithoutToken, needsNoToken } from './access/authorize.js';
import type { FailureLimit } from './access/failure-limit.js';
import { withDeadline } from './deadline.js';
import type { DocumentNeeds } from './documents/document-needs.js';
import type { ApiConfig } from './http-config.js';
import type { Exclusive } from './documents/exclusive.js';
import { ApiError } from './errors.js';
import { forward, type ForwardNeeds } from './forward/forward.js';
import { leaderToAsk } from './forward/leader-to-ask.js';
import { nameOfServer } from './forward/name-of-server.js';
import { bodyMediaType, chooseMediaType, JSON_TYPE } from './media-type.js';
import { bodyBounds, readJsonBody } from './read-json-body.js';
import type { Reply } from './reply.js';
import type { Call, Route, TakesJson } from './route.js';
import type { RouteNeeds } from './routes/all-routes.js';

/** What the API needs: what it uses for every call, and what its routes declare. */
export type ApiNeeds = AuthorizeNeeds & ForwardNeeds & RouteNeeds;

/** Shared by all calls of one app. */
export interface Shared {
  readonly needs: ApiNeeds;
  /** What the routes of documents use. */
  readonly deps: DocumentNeeds;
  readonly exclusive: Exclusive;
  readonly failures: FailureLimit;
}

/** Who asked, and the result: a reply, or the server whose answer has been sent already. */
export type Answered = { readonly author: string } & ({ readonly reply: Reply } | { readonly forwardedTo: string });

/** Handlers only read it. */
const NO_QUERY = new URLSearchParams();

/** A request on its way to the handler of its route. */
interface Asked {
  readonly ctx: Context;
  readonly route: Route<RouteNeeds>;
  readonly params: Call['params'];
  readonly shared: Shared;
}

/**
 * One request to one route: checks who asks, the accepted types and the body, then runs the handler, here or at the
 * leader. Gives a promise only where something is waited for. Throws, or rejects with, the refusals of each step.
 */
export function answerCall(
  ctx: Context,
  route: Route<RouteNeeds>,
  params: Call['params'],
  shared: Shared,
): Answered | Promise<Answered> {
  const { needs, failures } = shared;
  const asked = { ctx, route, params, shared };
  if (needsNoToken(needs, route.scope)) return answerCaller(asked, callerWithoutToken(needs, ctx.req));
  return authorize(needs, ctx.req, route.scope, failures).then((caller) => answerCaller(asked, caller));
}

function answerCaller(asked: Asked, caller: Caller): Answered | Promise<Answered> {
  const { ctx, route, params, shared } = asked;
  const { needs } = shared;
  const leader = leaderOf(ctx, route, needs);
  if (leader !== undefined) {
    const { author } = caller;
    return forward(ctx, route, leader, needs).then(() => ({ author, forwardedTo: leader.name }));
  }
  const accepts = chooseMediaType(ctx.req.headers.accept, route.produces);
  if (route.takes?.kind !== 'json') return handle(asked, caller, accepts, null);
  return takeJson(ctx, route.takes, needs.config.api, params['id']).then((body) =>
    handle(asked, caller, accepts, body),
  );
}

function handle(
  { ctx, route, params, shared }: Asked,
  { author, scopes, tokenEnds, seesSecrets }: Caller,
  accepts: string,
  body: Json,
): Answered | Promise<Answered> {
  const { needs, deps, exclusive } = shared;
  const { config, clock } = needs;
  const call: Call = {
    deps,
    method: route.method,
    version: route.version,
    params,
    query: ctx.req.url?.includes('?') === true ? new URLSearchParams(ctx.querystring) : NO_QUERY,
    headers: ctx.req.headers,
    author,
    scopes,
    tokenEnds,
    seesSecrets,
    accepts,
    body,
    incoming: ctx.req,
    now: Math.floor(clock.now() / 1000),
    exclusive,
  };
  const work = route.handle(call, needs);
  if (!(work instanceof Promise)) return { author, reply: work };
  // Commands wait for a host, and have their own time limits.
  const reply = route.scope === 'command' ? work : withDeadline(config.api.request_timeout_ms, work);
  return reply.then((known) => ({ author, reply: known }));
}

/** The server that has to answer in this one's place. Most routes are answered by any. */
function leaderOf(
  { req }: Context,
  route: Route<RouteNeeds>,
  { operations, config }: ApiNeeds,
): ReturnType<typeof leaderToAsk> {
  if (route.answeredBy !== 'leader') return undefined;
  return leaderToAsk(operations().standing(), route, req, nameOfServer(config));
}

/**
 * The JSON body. Whether a bad type or bad JSON is reported first differs per route
 * (docs/http-api.md#rules-for-every-route).
 */
async function takeJson(ctx: Context, { parsedFirst }: TakesJson, api: ApiConfig, id?: string): Promise<Json> {
  const checkType = () => {
    if (bodyMediaType(ctx.req.headers['content-type']) !== JSON_TYPE) {
      throw new ApiError('unsupported_media_type', { wanted: JSON_TYPE });
    }
  };
  if (!parsedFirst) checkType();
  const body = await readJsonBody(ctx.req, api.max_body_bytes, bodyBounds(api), id);
  if (parsedFirst) checkType();
  return body;
}
