import type { IncomingMessage } from 'node:http';
import type { Store } from '../../store/store.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock } from '../../otp/index.js';
import type { ApiConfig } from '../http-config.js';
import { ApiError } from '../errors.js';
import type { Scope } from '../route.js';
import { readBearer, secretMatches } from './bearer-token.js';
import type { FailureLimit } from './failure-limit.js';
import { TOKEN_SCOPES, tokenInfo, type TokenInfo, type TokenScope } from './tokens.js';

/**
 * A hash that no secret has. Comparing with it takes as long as with a stored one, so timing does not show whether a
 * token exists.
 */
const NO_HASH = '0'.repeat(64);

/** Who asks, as the audit trail names them, and whether they may see the secrets in documents. */
export interface Caller {
  readonly author: string;
  /** What they may do; with `api.auth: none` everything that is allowed at all. */
  readonly scopes: readonly TokenScope[];
  /** When their token ends, epoch seconds; null: never, or none is asked for. */
  readonly tokenEnds: number | null;
  readonly seesSecrets: boolean;
}

export interface AuthorizeNeeds {
  readonly store: Pick<Store, 'get'>;
  readonly config: { readonly api: Pick<ApiConfig, 'auth'> };
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Pick<Metrics, 'count'>;
}

/**
 * Who asks, as the audit trail names them (docs/http-api.md#who-asks). With `api.auth: none` it is the user that a
 * gateway names; with tokens the token's name, and the token must have the route's scope. Throws 401, 403, or 429 for
 * an address with too many failures; a valid token always passes.
 */
export async function authorize(
  needs: AuthorizeNeeds,
  request: IncomingMessage,
  scope: Scope,
  failures: FailureLimit,
): Promise<Caller> {
  if (scope === 'open' || needs.config.api.auth === 'none') return callerWithoutToken(needs, request);
  const found = await findToken(needs, request);
  if (typeof found === 'string') throw refuse(needs, request, failures, found);
  if (!found.scopes.includes(scope)) throw new ApiError('forbidden', { scope });
  return {
    author: found.name,
    scopes: found.scopes,
    tokenEnds: found.expires,
    seesSecrets: found.scopes.includes('write'),
  };
}

/** Whether who asks for a route of that scope needs no token. */
export function needsNoToken({ config }: Pick<AuthorizeNeeds, 'config'>, scope: Scope): boolean {
  return scope === 'open' || config.api.auth === 'none';
}

/** Who asks where `needsNoToken` says so: what `authorize` gives, at once. */
export function callerWithoutToken({ config }: Pick<AuthorizeNeeds, 'config'>, request: IncomingMessage): Caller {
  const open = config.api.auth === 'none';
  return {
    author: gatewayConsumer(request) ?? 'anonymous',
    scopes: open ? TOKEN_SCOPES : [],
    tokenEnds: null,
    seesSecrets: open,
  };
}

/**
 * Why who sent this request may not read any longer, for answers that go on: the token was revoked, or has expired.
 * undefined: they may. Rejects with the store's error where that can't be told.
 */
export async function mayStillRead(
  needs: Pick<AuthorizeNeeds, 'store' | 'config' | 'clock'>,
  request: IncomingMessage,
): Promise<string | undefined> {
  if (needs.config.api.auth === 'none') return undefined;
  const found = await findToken(needs, request);
  if (typeof found === 'string') return `a valid token is needed: ${found}`;
  return found.scopes.includes('read') ? undefined : 'the token lacks the scope read';
}

/** The token of a request, or why it has none that is good. */
async function findToken(
  { store, clock }: Pick<AuthorizeNeeds, 'store' | 'clock'>,
  request: IncomingMessage,
): Promise<TokenInfo | string> {
  const bearer = readBearer(request.headers.authorization);
  const row = bearer && (await store.get('token', bearer.id));
  const hash = row?.doc['hash'];
  const matches = secretMatches(bearer?.secret ?? '', typeof hash === 'string' ? hash : NO_HASH);
  const token = row && matches ? tokenInfo(row.doc, Math.floor(clock.now() / 1000)) : undefined;
  if (token !== undefined && !token.expired) return token;
  if (token?.expired === true) return 'it has expired';
  return request.headers.authorization === undefined ? 'there is none' : 'this one is not known';
}

function refuse(
  { clock, metrics }: AuthorizeNeeds,
  request: IncomingMessage,
  failures: FailureLimit,
  reason: string,
): ApiError {
  metrics.count('dog_trainer_authentication_failures_total');
  const wait = failures.failed(request.socket.remoteAddress ?? 'unknown', clock.now());
  if (wait !== undefined) return new ApiError('too_many_failures', {}, { headers: { 'retry-after': String(wait) } });
  return new ApiError('unauthenticated', { reason }, { headers: { 'www-authenticate': 'Bearer realm="dog"' } });
}

/** The user that a gateway has checked: header `x-consumer-username`; undefined when there is none. */
export function gatewayConsumer(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  const name = request.headers['x-consumer-username'];
  return typeof name === 'string' && name !== '' ? name.slice(0, 200) : undefined;
}
