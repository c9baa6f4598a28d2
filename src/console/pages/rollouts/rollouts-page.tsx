import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function RolloutsPage() {
  return (
    <Page title="Rollouts">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
