import type { TokenScope } from './tokens.js';

/** A token as the API shows it, without its secret (docs/http-api.md#tokens). Times are epoch seconds. */
export interface TokenRow {
  readonly name: string;
  readonly id: string;
  readonly scopes: readonly TokenScope[];
  readonly created_at: number;
  /** Null: never. */
  readonly expires_at: number | null;
  readonly expired: boolean;
}

/** The answer to `GET /api/V2/tokens`. */
export interface TokenList {
  /** `none`: nobody needs a token (`api.auth`). */
  readonly auth: 'none' | 'tokens';
  /** Oldest first. */
  readonly tokens: readonly TokenRow[];
}

/** The answer to `POST /api/V2/tokens`. */
export interface MadeToken extends TokenRow {
  /** What clients send after `Bearer`. It is shown this once. */
  readonly secret: string;
}
