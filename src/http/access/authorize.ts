import type { IncomingMessage } from 'node:http';
import type { Deps } from '../deps.js';
import { ApiError } from '../errors.js';
import type { Scope } from '../route.js';
import { readBearer, secretMatches } from './bearer-token.js';
import type { FailureLimit } from './failure-limit.js';
import { tokenInfo } from './tokens.js';

/** A hash that no secret has, compared with where there is no token: that takes as long as where there is one. */
const NO_HASH = '0'.repeat(64);

/** Who asks, as the audit trail names them, and whether they may see the secrets in documents. */
export interface Caller {
  readonly author: string;
  readonly seesSecrets: boolean;
}

/**
 * Who asks, as the audit trail names them (docs/http-api.md#who-asks). With `api.auth: none` that is what a gateway
 * says; with tokens the token's name, and the token must have the route's scope. Throws 401, 403, or 429 for an address
 * with too many failures; a valid token always passes.
 */
export async function authorize(
  deps: Deps,
  request: IncomingMessage,
  scope: Scope,
  failures: FailureLimit,
): Promise<Caller> {
  if (deps.config.api.auth === 'none' || scope === 'open') {
    return { author: gatewayConsumer(request) ?? 'anonymous', seesSecrets: deps.config.api.auth === 'none' };
  }
  const bearer = readBearer(request.headers.authorization);
  const row = bearer && (await deps.store.get('token', bearer.id));
  const hash = row?.doc['hash'];
  const matches = secretMatches(bearer?.secret ?? '', typeof hash === 'string' ? hash : NO_HASH);
  const token = row && matches ? tokenInfo(row.doc, Math.floor(deps.clock.now() / 1000)) : undefined;
  if (!token || token.expired) {
    const reason = token
      ? 'it has expired'
      : request.headers.authorization === undefined
        ? 'there is none'
        : 'this one is not known';
    throw refuse(deps, request, failures, reason);
  }
  if (!token.scopes.includes(scope)) throw new ApiError('forbidden', { scope });
  return { author: token.name, seesSecrets: token.scopes.includes('write') };
}

function refuse(deps: Deps, request: IncomingMessage, failures: FailureLimit, reason: string): ApiError {
  deps.metrics.count('dog_trainer_authentication_failures_total');
  const wait = failures.failed(request.socket.remoteAddress ?? 'unknown', deps.clock.now());
  if (wait !== undefined) return new ApiError('too_many_failures', {}, { headers: { 'retry-after': String(wait) } });
  return new ApiError('unauthenticated', { reason }, { headers: { 'www-authenticate': 'Bearer realm="dog"' } });
}

/** The user that a gateway has checked: header `x-consumer-username`; undefined when there is none. */
export function gatewayConsumer(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  const name = request.headers['x-consumer-username'];
  return typeof name === 'string' && name !== '' ? name.slice(0, 200) : undefined;
}
