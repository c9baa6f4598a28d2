import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import type { Json, JsonObject } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import { TokenError } from '../access/tokens.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { Store } from '../../store/store.js';
import type { Clock } from '../../otp/index.js';
import type { HttpLog } from '../http-config.js';
import { sentObject } from '../documents/sent-object.js';
import { asApiError, errorReply } from '../error-reply.js';
import { ApiError } from '../errors.js';
import type { Operations } from '../../operations/operations.js';
import { readReason } from '../documents/reason.js';
import { WIDE_BOUNDS } from '../json/json-bounds.js';
import { readJsonBody } from '../read-json-body.js';
import { jsonReply } from '../reply.js';
import { sendReply } from '../send-reply.js';
import { PolicyFileError } from '../../transfer/policy-file.js';
import { completeLine } from './console-completion.js';
import { answerLine, ConsoleError, type ConsoleNeeds } from './console-verbs.js';
import { policyAdminOnStore } from './policy-admin.js';
import { tokenAdminOnStore, type WantedToken } from './token-admin.js';

const MAX_BODY_BYTES = 64 * 1024;
/** A whole policy, with its hosts. */
const MAX_POLICY_BYTES = 512 * 1024 * 1024;

/** The author of changes made over the socket: only the operator of this machine can open it. */
const AUTHOR = 'local operator';

export interface AdminNeeds {
  readonly store: Store;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: HttpLog;
  /** @throws StoreError while it is not known */
  readonly dialect: () => Dialect;
  /** Of the role that the server has now. */
  readonly operations: () => ConsoleNeeds['operations'] & Pick<Operations, 'foresight'>;
}

/**
 * The tokens and the policy as one file of a running server, for the command line on the same machine. There is no
 * authentication: it is served on a Unix socket that only the server's user can open, and is how the first token is
 * made.
 */
export function createAdminApp({ store, clock, log, dialect, operations }: AdminNeeds): Koa {
  const tokens = tokenAdminOnStore(store, clock, AUTHOR);
  const policy = policyAdminOnStore(store, clock, dialect, {
    author: AUTHOR,
    foresight: () => operations().foresight,
  });
  const router = new Router();
  router.get('/tokens', async (ctx: Context) => {
    await sendReply(ctx, jsonReply((await tokens.list()) as unknown as Json));
  });
  router.post('/tokens', async (ctx: Context) => {
    const wanted = wantedToken(sentObject(await readJsonBody(ctx.req, MAX_BODY_BYTES, WIDE_BOUNDS)));
    const made = await tokens.create(wanted);
    log.info({ token: made.name, scopes: made.scopes }, 'token made');
    await sendReply(ctx, jsonReply(made as unknown as Json, 201));
  });
  router.delete('/tokens/:name', async (ctx: Context) => {
    const gone = await tokens.revoke((ctx['params'] as { readonly name: string }).name);
    log.info({ token: gone.name }, 'token revoked');
    await sendReply(ctx, jsonReply(gone as unknown as Json));
  });
  router.get('/policy', async (ctx: Context) => {
    await sendReply(ctx, jsonReply(await policy.export()));
  });
  router.post('/policy', async (ctx: Context) => {
    const file = await readJsonBody(ctx.req, MAX_POLICY_BYTES, WIDE_BOUNDS);
    const options = { dryRun: ctx.query['dry_run'] === 'true', replace: ctx.query['replace'] === 'true' };
    const override = readReason(ctx.query['override']?.toString(), 'query parameter override');
    const report = await policy.import(file, { ...options, ...(override === undefined ? {} : { override }) });
    if (report.written) log.info({ documents: report.items.length, ...options }, 'policy imported');
    await sendReply(ctx, jsonReply(report as unknown as Json));
  });
  const asked = (): ConsoleNeeds => ({
    operations: operations(),
    hosts: async () => (await store.list('host')).map(({ doc }) => doc),
  });
  router.post('/console', async (ctx: Context) => {
    await sendReply(ctx, jsonReply({ answer: await answerLine(asked(), await sentLine(ctx)) }));
  });
  router.post('/console/completion', async (ctx: Context) => {
    await sendReply(ctx, jsonReply((await completeLine(asked(), await sentLine(ctx))) as unknown as Json));
  });
  const app = new Koa();
  app.use(async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404) throw new ApiError('not_found', { what: 'there is no such path' });
    } catch (thrown) {
      const isRefusal =
        thrown instanceof TokenError || thrown instanceof PolicyFileError || thrown instanceof ConsoleError;
      const refused = isRefusal ? new ApiError('bad_request', {}, { text: thrown.message }) : thrown;
      const error = asApiError(refused);
      if (error.code === 'internal') log.error({ err: error.cause }, 'admin request failed');
      await sendReply(ctx, errorReply(error, { v1: false, method: ctx.method }, 0));
    }
  });
  app.use(router.routes());
  return app;
}

async function sentLine({ req }: Context): Promise<string> {
  const { line } = sentObject(await readJsonBody(req, MAX_BODY_BYTES, WIDE_BOUNDS));
  if (typeof line !== 'string') throw new ApiError('bad_request', { reason: 'line must be a string' });
  return line;
}

function wantedToken({ name, scopes, expires }: JsonObject): WantedToken {
  if (typeof name !== 'string') throw new ApiError('bad_request', { reason: 'name must be a string' });
  if (!isList(scopes) || !scopes.every((scope) => typeof scope === 'string')) {
    throw new ApiError('bad_request', { reason: 'scopes must be a list of strings' });
  }
  if (expires === undefined || expires === null) return { name, scopes };
  if (typeof expires !== 'number') throw new ApiError('bad_request', { reason: 'expires must be epoch seconds' });
  return { name, scopes, expires };
}
