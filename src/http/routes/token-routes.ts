import type { Json, JsonObject } from '../../model/document.js';
import type { Store } from '../../store/store.js';
import { readWantedToken } from '../access/read-wanted-token.js';
import type { MadeToken, TokenList, TokenRow } from '../access/token-answers.js';
import { createToken, listTokens, revokeToken, TOKEN_SCOPES, TokenError, type TokenInfo } from '../access/tokens.js';
import { ApiError } from '../errors.js';
import type { ApiConfig } from '../http-config.js';
import { JSON_TYPE } from '../media-type.js';
import { emptyReply, jsonReply, locationOf, type Reply } from '../reply.js';
import type { Call, Route } from '../route.js';

export interface TokenNeeds {
  readonly store: Store;
  readonly config: { readonly api: Pick<ApiConfig, 'auth'> };
}

const PATH = '/api/V2/tokens';
const DAY_SECONDS = 86_400;
const common = { version: 'v2', produces: [JSON_TYPE] } as const;
const OBJECT = { type: 'object' } as const;

/** The tokens of the API (docs/http-api.md#tokens): as `dog-trainer token` makes, lists and revokes them. */
export const tokenRoutes: readonly Route<TokenNeeds>[] = [
  {
    ...common,
    method: 'GET',
    path: PATH,
    id: 'v2.tokens.list',
    summary: 'Every token, without its secret, and whether tokens are asked for',
    scope: 'read',
    answers: { 200: { description: '`auth`, `tokens`', schema: OBJECT } },
    async handle({ now }, { store, config }) {
      const tokens = (await listTokens(store, now)).map(rowOf);
      return jsonReply({ auth: config.api.auth, tokens } satisfies TokenList as unknown as Json);
    },
  },
  {
    ...common,
    method: 'POST',
    path: PATH,
    id: 'v2.tokens.create',
    summary: 'Makes a token; its secret is in this answer alone',
    scope: 'write',
    takes: {
      kind: 'json',
      parsedFirst: false,
      schema: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          scopes: { type: 'array', minItems: 1, items: { type: 'string' } },
          days: { type: 'number' },
        },
        required: ['name', 'scopes'],
      },
    },
    answers: { 201: { description: 'The token with its `secret`', schema: OBJECT } },
    refuses: ['exists'],
    handle: create,
  },
  {
    ...common,
    method: 'DELETE',
    path: `${PATH}/:name`,
    id: 'v2.tokens.revoke',
    summary: 'Makes the token of this name or id stop working, at once',
    scope: 'write',
    answers: { 204: { description: 'It is revoked' } },
    refuses: ['not_found'],
    async handle({ params, author }, { store }) {
      await revokeToken(store, params['name'] ?? '', author);
      return emptyReply;
    },
  },
];

async function create({ body, author, now, scopes: own, tokenEnds }: Call, { store }: TokenNeeds): Promise<Reply> {
  const { name, scopes, days } = readWantedToken(body);
  // Nobody gives away more than they have. What is no scope at all is refused as that.
  const lacking = TOKEN_SCOPES.find((scope) => scopes.includes(scope) && !own.includes(scope));
  if (lacking !== undefined) throw new ApiError('forbidden', { scope: lacking }, { body: { field: 'scopes' } });
  const ends = days === undefined ? undefined : Math.floor(now + days * DAY_SECONDS);
  if (tokenEnds !== null && (ends === undefined || ends > tokenEnds)) {
    const most = Math.floor((1000 * (tokenEnds - now)) / DAY_SECONDS) / 1000;
    const reason = `days must be at most ${most}: a token makes none that is good for longer than itself`;
    throw new ApiError('bad_request', { reason }, { body: { field: 'days' } });
  }
  try {
    const expires = ends === undefined ? {} : { expires: ends };
    const by = { author, now };
    const { text: secret, ...made } = await createToken(store, { name, scopes, ...expires }, by);
    const answer: MadeToken = { ...rowOf(made), secret };
    return jsonReply(answer as unknown as JsonObject, 201, {
      ...locationOf(PATH, made.name),
      'cache-control': 'no-store',
    });
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const { message, field } = error;
    throw new ApiError('bad_request', { reason: message }, { body: field === undefined ? {} : { field } });
  }
}

function rowOf({ name, id, scopes, created, expires, expired }: TokenInfo): TokenRow {
  return { name, id, scopes, created_at: created, expires_at: expires, expired };
}
