import Koa, { type Context } from 'koa';
import { FailureLimit } from './access/failure-limit.js';
import { FleetAddresses } from '../resources/views/fleet-addresses.js';
import { answerCall, type ApiNeeds, type Shared } from './answer-call.js';
import { canonicalPath } from './canonical-path.js';
import type { HttpLog } from './http-config.js';
import { refuseForeign, refuseForeignHost } from './access/refuse-foreign.js';
import { commitPolicy } from './documents/commit-policy.js';
import { makeExclusive } from './documents/exclusive.js';
import { asApiError, errorReply } from './error-reply.js';
import { ApiError } from './errors.js';
import type { Route } from './route.js';
import { methodsOf, RouteTable, type RouteMatch } from './route-table.js';
import { allRoutes, type RouteNeeds } from './routes/all-routes.js';
import { sendReply } from './send-reply.js';
import { whenKnown } from './when-known.js';

/** What is known of a request for its line in the log. */
interface State {
  /** The canonical path, once it is known. */
  path?: string;
  author?: string;
  /** The server that answered in place of this one. */
  forwardedTo?: string;
}

/**
 * The API as a Koa app, of one middleware: it refuses what other sites' pages send and finds the route, which does the rest;
 * around that it answers errors and logs.
 */
export function createApp(needs: ApiNeeds): Koa {
  const { store, config, log, operations } = needs;
  const shared: Shared = {
    needs,
    deps: {
      store,
      config,
      fleet: new FleetAddresses(),
      runtime: {
        dialect: () => operations().dialect(),
        get foresight() {
          return operations().foresight;
        },
        commitPolicy,
      },
    },
    exclusive: makeExclusive(),
    failures: new FailureLimit(config.api.auth_failures_per_minute),
  };
  const routes = new RouteTable(allRoutes());
  const app = new Koa();
  const { api, cluster } = config;
  const naming = { host: api.host, allowedHosts: api.allowed_hosts, url: cluster?.url };
  const answer = (ctx: Context): void | Promise<void> => {
    // A link to the console may stand on any page: nothing is done by following it, and no page can read or frame it.
    if (isLinkToConsole(ctx)) refuseForeignHost(ctx.req.headers, naming);
    else refuseForeign(ctx.req.headers, naming);
    const state = ctx.state as State;
    state.path = canonicalPath(ctx.req.url ?? '/');
    const { route, params } = routeOf(routes, state.path, ctx.req.method ?? '');
    return whenKnown(answerCall(ctx, route, params, shared), (answered) => {
      state.author = answered.author;
      if ('reply' in answered) return sendReply(ctx, answered.reply);
      state.forwardedTo = answered.forwardedTo;
      ctx.respond = false;
    });
  };
  app.use(answerErrorsAndLog(log, answer));
  // Koa reports errors here after an answer was begun, such as a client that went away.
  app.on('error', (error: unknown) => {
    log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'http answer cut off');
  });
  return app;
}

/**
 * Answers errors thrown by `answer`, then logs one line: never bodies, queries or headers, which may hold
 * secrets. All of it in one step where `answer` waits for nothing.
 */
function answerErrorsAndLog(log: HttpLog, answer: (ctx: Context) => void | Promise<void>): Koa.Middleware {
  let requests = 0;
  return (ctx) => {
    const request = (requests += 1);
    const start = performance.now();
    const failed = (thrown: unknown) => answerError(ctx, log, thrown, request);
    const answered = (): void | Promise<void> => {
      try {
        const waited = answer(ctx);
        return waited instanceof Promise ? waited.catch(failed) : waited;
      } catch (thrown) {
        return failed(thrown);
      }
    };
    return whenKnown(answered(), () => logRequest(ctx, log, request, start));
  };
}

function answerError(ctx: Context, log: HttpLog, thrown: unknown, request: number): void | Promise<void> {
  const error = asApiError(thrown);
  const { method } = ctx;
  const path = (ctx.state as State).path ?? ctx.path;
  if (error.code === 'internal') {
    log.error({ request, method, path, err: error.cause ?? error }, 'request failed');
  }
  return sendReply(ctx, errorReply(error, { v1: isV1(path), method }, request));
}

function logRequest(ctx: Context, log: HttpLog, request: number, start: number): void {
  const state = ctx.state as State;
  const ms = Math.round((performance.now() - start) * 10) / 10;
  const { method } = ctx.req;
  const { statusCode: status } = ctx.res;
  const path = state.path ?? ctx.path;
  const by = state.forwardedTo === undefined ? {} : { forwarded_to: state.forwardedTo };
  log.info({ request, method, path, status, ms, author: state.author ?? 'anonymous', ...by }, 'request');
}

/** A browser goes to the console's page, in a tab of its own. */
function isLinkToConsole(ctx: Context): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = ctx.req.headers;
  return mode === 'navigate' && destination === 'document' && ctx.method === 'GET' && ctx.path === '/';
}

function isV1(path: string): boolean {
  return !path.startsWith('/api/V2/');
}

/**
 * The route of a request. 404 for a path without one, 405 for a method that its routes don't have: PATCH and OPTIONS never
 * have one, and HEAD, which is answered as GET is, only where a route says so.
 */
function routeOf(routes: RouteTable<Route<RouteNeeds>>, path: string, method: string): RouteMatch<Route<RouteNeeds>> {
  const matches = routes.find(path);
  const exact = matches.find(({ route }) => route.method === method);
  if (exact !== undefined) return exact;
  if (matches.length === 0) throw new ApiError('not_found', { what: 'there is no such path' });
  const methods = methodsOf(matches);
  const read = matches.find(({ route }) => route.method === 'GET');
  if (method === 'HEAD' && methods.has('HEAD') && read !== undefined) return read;
  const allow = [...methods].join(', ');
  throw new ApiError('method_not_allowed', { method }, { headers: { allow } });
}
