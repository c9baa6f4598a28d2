import type { GroupPage } from '../../../operations/fleet-pages.js';
import { useAsked } from '../../api/use-asked.js';
import { GROUP_EVENTS } from '../../fleet/group-events.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Tabs } from '../../parts/tabs.js';
import { hrefOf, place } from '../../route/route.js';
import { GroupHead } from './group-head.js';
import { GroupHosts } from './group-hosts.js';
import { GroupRules } from './group-rules.js';
import { PublishAgain } from './publish-again.js';
import { GroupRevisions } from './group-revisions.js';

const EVERY_MS = 5000;
const TABS = [
  ['rules', 'Rules'],
  ['sets', 'Sets'],
  ['revisions', 'Revisions'],
  ['hosts', 'Hosts'],
] as const;

/** One group, by id or name. */
export function GroupView({ group }: { group: string }) {
  const path = `/api/V2/fleet/groups?group=${encodeURIComponent(group)}`;
  const asked = useAsked<GroupPage>(path, { on: GROUP_EVENTS, everyMs: EVERY_MS });
  const row = asked.value?.groups[0];
  const tab = place.value.query.get('tab') ?? 'rules';
  if (asked.value !== undefined && row === undefined)
    return (
      <Page title="Group">
        <Empty title="There is no such group">
          <a href={hrefOf(['groups'])}>To all groups</a>
        </Empty>
      </Page>
    );
  return (
    <Page
      title={row?.name ?? group}
      about={<a href={hrefOf(['groups'])}>All groups</a>}
      actions={row !== undefined && <PublishAgain name={row.name} />}
    >
      <Loaded asked={asked}>
        {() =>
          row !== undefined && (
            <>
              <GroupHead row={row} onChange={asked.again} />
              <Tabs
                label="Views of this group"
                tabs={TABS.map(([key, title]) => [
                  key,
                  title,
                  hrefOf(['groups', group], { tab: key === 'rules' ? null : key }),
                ])}
                current={tab}
              />
              {tab === 'rules' && <GroupRules id={row.id} what="rules" />}
              {tab === 'sets' && <GroupRules id={row.id} what="sets" />}
              {tab === 'revisions' && <GroupRevisions row={row} onChange={asked.again} />}
              {tab === 'hosts' && <GroupHosts name={row.name} />}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
