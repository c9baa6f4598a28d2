import type { Document, JsonObject } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import type { Store } from '../../store/store.js';
import { ApiError } from '../errors.js';
import { hashSecret, newToken } from './bearer-token.js';

/** What tokens can allow (docs/http-api.md#who-asks). None includes another. */
export const TOKEN_SCOPES = ['read', 'write', 'command'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A stored token, as it may be shown. Times in epoch seconds; `expires` null: never. */
export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly created: number;
  readonly expires: number | null;
  readonly expired: boolean;
}

/** What was asked is no token that can be made; the message says what would be right. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  /** Which property is at fault, where that is known. */
  readonly field: 'name' | 'scopes' | 'days' | undefined;
  constructor(message: string, field?: 'name' | 'scopes' | 'days') {
    super(message);
    this.field = field;
  }
}

const NAME = /^[A-Za-z0-9_.@-]{1,64}$/;

/**
 * Makes a token and stores its hash. The returned `text` is the only copy of the secret: show it once. `now` and
 * `expires` in epoch seconds. Throws `TokenError` on a bad name, no scope, or a time in the past, and
 * `ApiError` where another token has the name.
 */
export async function createToken(
  store: Store,
  wanted: { readonly name: string; readonly scopes: readonly string[]; readonly expires?: number },
  by: { readonly author: string; readonly now: number },
): Promise<TokenInfo & { readonly text: string }> {
  const { name, scopes, expires } = wanted;
  if (!NAME.test(name))
    throw new TokenError('a token name has 1 to 64 letters, digits and the characters _ . @ -', 'name');
  const unknown = scopes.find((scope) => !(TOKEN_SCOPES as readonly string[]).includes(scope));
  if (unknown !== undefined)
    throw new TokenError(
      `unknown scope ${JSON.stringify(unknown.slice(0, 80))}: use ${TOKEN_SCOPES.join(', ')}`,
      'scopes',
    );
  if (scopes.length === 0)
    throw new TokenError(`a token needs a scope: one or more of ${TOKEN_SCOPES.join(', ')}`, 'scopes');
  if (expires !== undefined && expires <= by.now) throw new TokenError('the token would have expired already', 'days');
  const { id, secret, text } = newToken();
  const doc = {
    id,
    name,
    scopes: TOKEN_SCOPES.filter((scope) => scopes.includes(scope)),
    hash: hashSecret(secret),
    created: by.now,
    expires: expires ?? null,
  };
  const result = await store.commit([{ op: 'create', table: 'token', doc, uniqueOn: ['name'] }], { author: by.author });
  if (!result.ok)
    throw new ApiError(
      'exists',
      {},
      { text: `there is a token named ${name} already: revoke it first, or choose another name` },
    );
  return { ...tokenInfo(doc, by.now), text };
}

/** Every token, without its hash, oldest first. `now` in epoch seconds. */
export async function listTokens(store: Store, now: number): Promise<readonly TokenInfo[]> {
  return (await store.list('token')).map(({ doc }) => tokenInfo(doc, now));
}

/** Removes the token of that name or id; it stops working at once. Throws `ApiError` when there is none. */
export async function revokeToken(store: Store, nameOrId: string, author: string): Promise<TokenInfo> {
  const found = (await store.find('token', 'name', nameOrId))[0] ?? (await store.get('token', nameOrId));
  if (!found)
    throw new ApiError('not_found', {}, { text: `there is no token named ${JSON.stringify(nameOrId.slice(0, 80))}` });
  await store.commit([{ op: 'remove', table: 'token', id: found.doc.id }], { author });
  return tokenInfo(found.doc, 0);
}

/** A token row without its hash; a malformed field makes the token allow less, never more. */
export function tokenInfo(doc: Document | (JsonObject & { readonly id: string }), now: number): TokenInfo {
  const { name, scopes, created, expires } = doc;
  const until = typeof expires === 'number' ? expires : null;
  return {
    id: doc.id,
    name: typeof name === 'string' ? name : doc.id,
    scopes: TOKEN_SCOPES.filter((scope) => isList(scopes) && scopes.includes(scope)),
    created: typeof created === 'number' ? created : 0,
    expires: until,
    expired: until !== null && until <= now,
  };
}
