import type { TokenScope } from '../../../http/access/tokens.js';

/** A token as it is being filled in. */
export interface TokenDraft {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** As it was typed; '': for ever. */
  readonly days: string;
}

/** The server's own limit. */
const MOST_DAYS = 36_500;

export const NO_DRAFT: TokenDraft = { name: '', scopes: ['read'], days: '' };

/** What is wrong with it, by field; the server looks again. */
export function faultsOf({ name, scopes, days }: TokenDraft): Partial<Record<keyof TokenDraft, string>> {
  return {
    ...(name.trim() === '' ? { name: 'Give it a name' } : {}),
    ...(scopes.length === 0 ? { scopes: 'Choose what it may do' } : {}),
    // A mistake here must not make a token that is good for ever.
    ...(days.trim() === '' || (Number(days) > 0 && Number(days) <= MOST_DAYS)
      ? {}
      : { days: `A number of days above 0, at most ${MOST_DAYS.toLocaleString()}; empty: for ever` }),
  };
}

/** The body of `POST /api/V2/tokens`. */
export function wantedToken({ name, scopes, days }: TokenDraft) {
  return { name: name.trim(), scopes, ...(days.trim() === '' ? {} : { days: Number(days) }) };
}
