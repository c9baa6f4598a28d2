import type { TokenRow } from '../../../http/access/token-answers.js';

/** What `api.auth: none` means for this page, and what comes first where that is to change. */
export function NobodyIsAsked({ tokens }: { tokens: readonly TokenRow[] }) {
  const hasWriter = tokens.some(({ scopes, expired }) => scopes.includes('write') && !expired);
  return (
    <p class="note" data-tone="warn">
      This server asks nobody for a token (<code>api.auth: none</code>): whoever reaches it may do everything, and
      tokens made here change nothing yet.{' '}
      {hasWriter
        ? 'There is a token with the scope write, so you can sign in afterwards: '
        : 'First create a token here with the scopes read and write, or you can not sign in afterwards; then '}
      set <code>api.auth: tokens</code> in the configuration and restart the server.
    </p>
  );
}
