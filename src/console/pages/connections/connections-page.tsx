import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function ConnectionsPage() {
  return (
    <Page title="Connections">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
