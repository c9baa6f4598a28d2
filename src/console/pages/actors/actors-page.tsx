import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function ActorsPage() {
  return (
    <Page title="Actors">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
