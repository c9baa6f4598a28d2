import type { Store } from '../../store/store.js';
import { createToken, listTokens, revokeToken, type TokenInfo } from '../access/tokens.js';
import type { Clock } from '../../otp/index.js';

/** The properties of a new token. `expires` in epoch seconds. */
export interface WantedToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expires?: number;
}

/** Manages tokens, for the operator of this machine. Calls reject with `TokenError` for a bad request. */
export interface TokenAdmin {
  /** `text` is the only copy of the secret. */
  create(wanted: WantedToken): Promise<TokenInfo & { readonly text: string }>;
  list(): Promise<readonly TokenInfo[]>;
  revoke(nameOrId: string): Promise<TokenInfo>;
}

/** Manages the tokens of an open store, in `author`'s name. */
export function tokenAdminOnStore(store: Store, clock: Pick<Clock, 'now'>, author: string): TokenAdmin {
  const now = () => Math.floor(clock.now() / 1000);
  return {
    create: (wanted) => createToken(store, wanted, { author, now: now() }),
    list: () => listTokens(store, now()),
    revoke: (nameOrId) => revokeToken(store, nameOrId, author),
  };
}
