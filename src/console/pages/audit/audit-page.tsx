import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function AuditPage() {
  return (
    <Page title="Audit">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
