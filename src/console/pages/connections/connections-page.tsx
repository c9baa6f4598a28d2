import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function ConnectionsPage() {
  return (
    <Page title="Who may talk to whom">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
