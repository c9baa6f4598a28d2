import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function ConfigurationPage() {
  return (
    <Page title="Configuration">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
