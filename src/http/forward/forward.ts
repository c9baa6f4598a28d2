import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { HttpConfig, HttpLog } from '../http-config.js';
import type { LeadingServer } from '../../operations/operations.js';
import { boundPausesOnly } from '../body-time.js';
import { ApiError } from '../errors.js';
import { bodyMediaType } from '../media-type.js';
import { refuseTooLarge } from '../read-body.js';
import type { RouteData } from '../route.js';
import { answerHead } from './answer-head.js';
import { answerTimeoutMs } from './answer-timeout.js';
import { nameOf, notTheLeader } from './leader-to-ask.js';
import { nameOfServer } from './name-of-server.js';
import { openRequest, type OpenRequest } from './open-request.js';
import { relayAnswer } from './relay-answer.js';
import { headersFor, originForm } from './request-head.js';

export interface ForwardNeeds {
  readonly config: HttpConfig;
  readonly log: HttpLog;
}

/**
 * Has the leader answer in place of this server: method, path, query, end-to-end headers and body as they came, and its
 * answer as it comes. The caller was checked before; the leader checks again, with the headers sent. Throws before any
 * part of an answer was sent: 413, `commands_off`, or `not_the_leader` with what happened. After that a failure
 * cuts the answer off.
 */
export async function forward(
  { req: request, res: response, originalUrl }: Pick<Context, 'req' | 'res' | 'originalUrl'>,
  route: RouteData,
  leader: LeadingServer,
  { config, log }: ForwardNeeds,
): Promise<void> {
  // Commands that are off on this server must not run through another one.
  if (route.scope === 'command' && !config.api.commands) throw new ApiError('commands_off');
  const limit = bodyLimit(request, config);
  const hasBody = takesBody(route, request);
  if (hasBody) refuseTooLarge(request, limit);
  if (hasBody && isForm(request)) boundPausesOnly(request);
  const bytes = hasBody ? Number(request.headers['content-length'] ?? limit) : 0;
  const timeoutMs = answerTimeoutMs(route, config, bytes);
  const failed = (reason: string, cause?: unknown) => {
    log.warn({ leader: leader.name, term: leader.term, reason }, 'a request could not be passed on to the leader');
    return notTheLeader(leader, `${nameOf(leader)} leads, but ${reason}; try again in some seconds`, cause);
  };
  let opened: OpenRequest;
  try {
    opened = openRequest({
      url: leader.url,
      method: route.method,
      target: originForm(originalUrl),
      headers: headersFor(request, hasBody, nameOfServer(config)),
    });
  } catch (error) {
    throw failed('gives no address that can be asked', error);
  }
  const { upstream, reached } = opened;
  const clientGone = () => void upstream.destroy();
  response.once('close', clientGone);
  if (response.destroyed) clientGone();
  try {
    const answer = await answerHead(request, upstream, { hasBody, limit, timeoutMs }).catch((error: unknown) => {
      if (error instanceof ApiError) throw error;
      if (response.destroyed) throw new ApiError('bad_request', { reason: 'the client went away' }, { cause: error });
      throw failed(whatHappened(reasonOf(error), reached()), error);
    });
    await relayAnswer(answer, response, timeoutMs).catch((error: unknown) => {
      log.warn(
        { leader: leader.name, term: leader.term, reason: reasonOf(error) },
        'the answer of the leader broke off',
      );
    });
  } finally {
    response.off('close', clientGone);
    // An answer may come before the whole body was sent; the leader then has no use for the rest.
    upstream.destroy();
  }
}

/** A route that takes no body never reads one, so none is passed on. */
function takesBody({ takes }: RouteData, { headers }: IncomingMessage): boolean {
  const announced = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return takes !== undefined && announced;
}

function bodyLimit(request: IncomingMessage, { api }: HttpConfig): number {
  return isForm(request) ? api.max_upload_bytes : api.max_body_bytes;
}

function isForm({ headers }: IncomingMessage): boolean {
  return bodyMediaType(headers['content-type']) === 'multipart/form-data';
}

/** Tells the client whether the leader may have got the request. */
function whatHappened(reason: string, reached: boolean): string {
  return reached
    ? `gave no answer (${reason}), and what was asked may have been done`
    : `cannot be reached (${reason})`;
}

/** Codes and messages of the network, which hold no secrets. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.message;
}
