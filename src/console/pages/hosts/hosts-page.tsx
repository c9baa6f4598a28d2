import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function HostsPage() {
  return (
    <Page title="Hosts">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
