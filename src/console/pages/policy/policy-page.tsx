import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function PolicyPage() {
  return (
    <Page title="Policy">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
