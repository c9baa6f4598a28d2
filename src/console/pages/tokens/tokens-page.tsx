import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function TokensPage() {
  return (
    <Page title="Tokens">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
