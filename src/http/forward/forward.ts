import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import type { Context } from 'koa';
import type { Deps } from '../deps.js';
import type { LeadingServer } from '../../operations/operations.js';
import { ApiError } from '../errors.js';
import { bodyMediaType } from '../media-type.js';
import { refuseTooLarge } from '../read-body.js';
import type { Route } from '../route.js';
import { answerHead } from './answer-head.js';
import { answerTimeoutMs } from './answer-timeout.js';
import { nameOf, notTheLeader } from './leader-to-ask.js';
import { openRequest, type OpenRequest } from './open-request.js';
import { relayAnswer } from './relay-answer.js';
import { headersFor, originForm } from './request-head.js';

/**
 * Has the leader answer in place of this server: method, path, query, end-to-end headers and body as they came, and its
 * answer as it comes. Who asks was checked before; the leader checks again, by what came along. Throws, as long as
 * nothing of an answer was sent: 413, `commands_off`, or `not_the_leader` with what became of it. After that a failure
 * cuts the answer.
 */
export async function forward(
  { req: request, res: response, originalUrl }: Pick<Context, 'req' | 'res' | 'originalUrl'>,
  route: Route,
  leader: LeadingServer,
  { config, log }: Pick<Deps, 'config' | 'log'>,
): Promise<void> {
  // Who switched commands off on this server's port did not mean to let them in by way of another.
  if (route.scope === 'command' && !config.api.commands) throw new ApiError('commands_off');
  const limit = bodyLimit(request, config);
  const hasBody = takesBody(route, request);
  if (hasBody) refuseTooLarge(request, limit);
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
      headers: headersFor(request, hasBody, config.cluster?.name ?? hostname()),
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
    // An answer may come before the body is through; what is left of it is of no use to the leader then.
    upstream.destroy();
  }
}

/** A route that takes no body never reads one: it is not worth passing on. */
function takesBody({ takes }: Route, { headers }: IncomingMessage): boolean {
  const announced = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return takes !== undefined && announced;
}

function bodyLimit({ headers }: IncomingMessage, { api }: Deps['config']): number {
  const isForm = bodyMediaType(headers['content-type']) === 'multipart/form-data';
  return isForm ? api.max_upload_bytes : api.max_body_bytes;
}

/** Whether the leader can have got the request decides what the client must reckon with. */
function whatHappened(reason: string, reached: boolean): string {
  return reached
    ? `gave no answer (${reason}), and what was asked may have been done`
    : `cannot be reached (${reason})`;
}

/** Codes and texts of the network, which hold no secrets. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.message;
}
