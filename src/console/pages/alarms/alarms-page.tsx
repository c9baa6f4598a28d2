import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';

export default function AlarmsPage() {
  return (
    <Page title="Alarms">
      <Empty title="Nothing is here yet" />
    </Page>
  );
}
