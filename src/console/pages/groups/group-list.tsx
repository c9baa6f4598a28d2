import type { GroupPage } from '../../../operations/fleet-pages.js';
import { useAsked } from '../../api/use-asked.js';
import { ChosenFilters } from '../../fleet/chosen-filters.js';
import { GROUP_EVENTS } from '../../fleet/group-events.js';
import { GROUP_STATES, GROUP_WORDS } from '../../fleet/group-words.js';
import { pagePath } from '../../fleet/page-path.js';
import { sortIn } from '../../fleet/sort-in.js';
import { StateFilter } from '../../fleet/state-filter.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Pager } from '../../parts/pager.js';
import { SearchField } from '../../parts/search-field.js';
import { changeQuery, hrefOf, place } from '../../route/route.js';
import { GROUP_COLUMNS } from './group-columns.js';
import { groupTone } from './group-tone.js';

const KNOWN = ['q', 'state', 'profile', 'sort', 'order', 'offset'] as const;
/** Hosts that have taken something over are told by no event. */
const EVERY_MS = 5000;

/** All groups, page by page. */
export function GroupList() {
  const asked = useAsked<GroupPage>(pagePath('/api/V2/fleet/groups', KNOWN), { on: GROUP_EVENTS, everyMs: EVERY_MS });
  const { query } = place.value;
  return (
    <Page title="Groups">
      <div class="filters">
        <SearchField label="Search" placeholder="name or profile" />
        <ChosenFilters filters={[['profile', 'Profile', query.get('profile') ?? '']]} />
      </div>
      <Loaded asked={asked}>
        {({ groups, by_state: byState, total, offset, limit }) => (
          <>
            <StateFilter label="Groups by state" states={GROUP_STATES} words={GROUP_WORDS} count={byState} />
            {groups.length === 0 ? (
              <None filtered={query.size > 0} />
            ) : (
              <DataTable
                caption="Groups"
                columns={GROUP_COLUMNS}
                rows={groups}
                keyOf={({ id }) => id}
                toneOf={groupTone}
                {...sortIn('name')}
              />
            )}
            <Pager
              offset={offset}
              limit={limit}
              total={total}
              what="groups"
              onMove={(to) => changeQuery({ offset: to })}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function None({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No group matches">
      <a href={hrefOf(['groups'])}>Show all groups</a>
    </Empty>
  ) : (
    <Empty title="There is no group yet">
      <a href={hrefOf(['policy'])}>Make a profile and a group</a>, and hosts that name it in their reports get its
      rules.
    </Empty>
  );
}
