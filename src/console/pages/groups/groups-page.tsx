import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function GroupsPage() {
  return (
    <Page title="Groups">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
