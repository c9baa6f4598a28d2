import type { ApiFailure } from '../api/api-failure.js';

/** Why something was refused, as the server says it; nothing where nothing was. */
export function Problem({ failure }: { failure: ApiFailure | undefined }) {
  if (failure === undefined) return null;
  return (
    <p class="note" data-tone="bad" role="alert">
      {failure.message} {failure.code !== 'no_answer' && <code>{failure.code}</code>}
    </p>
  );
}
