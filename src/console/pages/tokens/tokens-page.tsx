import type { TokenList } from '../../../http/access/token-answers.js';
import { useAsked } from '../../api/use-asked.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { NobodyIsAsked } from './nobody-is-asked.js';
import { TokenForm } from './token-form.js';
import { TokenTable } from './token-table.js';

/** Tokens are made elsewhere too, of which no event tells: asked this often, in milliseconds. */
const EVERY_MS = 10_000;

/** The tokens of the API (docs/http-api.md#tokens). */
export default function TokensPage() {
  const asked = useAsked<TokenList>('/api/V2/tokens', { everyMs: EVERY_MS });
  return (
    <Page title="Tokens" about="Who may use the API and this console, and for what.">
      <Loaded asked={asked}>
        {({ auth, tokens }) => (
          <>
            {auth === 'none' && <NobodyIsAsked tokens={tokens} />}
            <Card title="All tokens">
              <TokenTable auth={auth} tokens={tokens} again={asked.again} />
            </Card>
            <Card title="Create a token">
              <TokenForm again={asked.again} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}
