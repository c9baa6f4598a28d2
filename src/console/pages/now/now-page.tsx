import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function NowPage() {
  return (
    <Page title="Now">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
