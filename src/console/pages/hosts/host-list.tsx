import type { HostPage } from '../../../operations/fleet-pages.js';
import { useAsked } from '../../api/use-asked.js';
import { ChosenFilters } from '../../fleet/chosen-filters.js';
import { hashName } from '../../fleet/hash-names.js';
import { hostColumns } from '../../fleet/host-columns.js';
import { HOST_EVENTS } from '../../fleet/host-events.js';
import { HOST_ORDER, HOST_WORDS } from '../../fleet/host-words.js';
import { pagePath } from '../../fleet/page-path.js';
import { sortIn } from '../../fleet/sort-in.js';
import { standingOf } from '../../fleet/standing-of.js';
import { StateFilter } from '../../fleet/state-filter.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Pager } from '../../parts/pager.js';
import { SearchField } from '../../parts/search-field.js';
import { changeQuery, hrefOf, place, type Query } from '../../route/route.js';

const KNOWN = ['q', 'state', 'group', 'differing', 'sort', 'order', 'offset'] as const;
/** Reports alone are told by no event. */
const EVERY_MS = 5000;

/** All hosts, page by page. */
export function HostList() {
  const path = pagePath('/api/V2/fleet/hosts', KNOWN);
  const asked = useAsked<HostPage>(path, { on: HOST_EVENTS, everyMs: EVERY_MS });
  const { query } = place.value;
  const filters = [
    ['group', 'Group', query.get('group') ?? ''],
    ['differing', 'Differs in', hashName(query.get('differing') ?? '')],
  ] as const;
  return (
    <Page title="Hosts">
      <div class="filters">
        <SearchField label="Search" placeholder="name, address, hostkey or group" />
        <ChosenFilters filters={filters} />
      </div>
      <Loaded asked={asked}>{(page) => <Shown page={page} />}</Loaded>
    </Page>
  );
}

function Shown({ page: { hosts, by_state: byState, total, offset, limit } }: { page: HostPage }) {
  const { query } = place.value;
  const only = (by: Query) => hrefOf(['hosts'], { ...Object.fromEntries(query), ...by, offset: null });
  return (
    <>
      <StateFilter label="Hosts by state" states={HOST_ORDER} words={HOST_WORDS} count={byState} />
      {hosts.length === 0 ? (
        <None filtered={query.size > 0} />
      ) : (
        <DataTable
          caption="Hosts"
          columns={hostColumns(only)}
          rows={hosts}
          keyOf={({ id }) => id}
          toneOf={(row) => standingOf(row).tone}
          {...sortIn('name')}
        />
      )}
      <Pager offset={offset} limit={limit} total={total} what="hosts" onMove={(to) => changeQuery({ offset: to })} />
    </>
  );
}

function None({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No host matches">
      <a href={hrefOf(['hosts'])}>Show all hosts</a>
    </Empty>
  ) : (
    <Empty title="No host has registered yet">
      Start an agent that reaches this server’s broker: its first report makes it a host.
    </Empty>
  );
}
