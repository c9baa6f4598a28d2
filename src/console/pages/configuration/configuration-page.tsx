import type { ConfigurationAnswer } from '../../../config/shown-settings.js';
import { useAsked } from '../../api/use-asked.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { hrefOf, place } from '../../route/route.js';
import { session } from '../../session/session.js';
import { SettingFilters } from './setting-filters.js';
import { SETTING_COLUMNS } from './setting-columns.js';
import { wantedSettings } from './wanted-settings.js';

/** What this server was started with, and where each value came from (docs/http-api.md#configuration). */
export default function ConfigurationPage() {
  const asked = useAsked<ConfigurationAnswer>('/api/V2/configuration');
  const { query } = place.value;
  const [q, origin] = [query.get('q') ?? '', query.get('origin') ?? ''];
  const name = session.value.state === 'known' ? session.value.who.server.name : 'this server';
  return (
    <Page
      title="Configuration"
      about={`What ${name} was started with. A change needs a restart; secrets are not shown.`}
    >
      <SettingFilters q={q} origin={origin} />
      <Loaded asked={asked}>
        {({ settings }) => {
          const shown = wantedSettings(settings, q, origin);
          return (
            <section class="card" aria-label="Settings">
              <p class="small quiet" role="status">
                {shown.length} of {settings.length} keys
              </p>
              {shown.length > 0 ? (
                <DataTable
                  caption="Keys of the configuration, with value and origin"
                  columns={SETTING_COLUMNS}
                  rows={shown}
                  keyOf={({ key }) => key}
                />
              ) : (
                <Empty title="No key is like that">
                  <a href={hrefOf(['configuration'])}>Show all</a>
                </Empty>
              )}
            </section>
          );
        }}
      </Loaded>
    </Page>
  );
}
