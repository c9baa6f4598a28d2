import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function PublishingPage() {
  return (
    <Page title="Publishing">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
