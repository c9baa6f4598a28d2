import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function RefusedPage() {
  return (
    <Page title="Refused">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
