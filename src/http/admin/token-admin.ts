import type { Store } from '../../store/store.js';
import { createToken, listTokens, revokeToken, type TokenInfo } from '../access/tokens.js';
import type { Clock } from '../../otp/index.js';

/** What a new token is to be. `expires` in epoch seconds. */
export interface WantedToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expires?: number;
}

/** The tokens, as an operator on this machine manages them. Calls reject with `TokenError` when the operator is wrong. */
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
