import type { HostDriftAnswer } from '../../../operations/host-drift.js';
import type { HostPage, HostQueues } from '../../../operations/fleet-pages.js';
import { useAsked } from '../../api/use-asked.js';
import { HOST_EVENTS } from '../../fleet/host-events.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Tabs } from '../../parts/tabs.js';
import { hrefOf, place } from '../../route/route.js';
import { HeldNow } from './held-now.js';
import { HostHead } from './host-head.js';
import { HostOrderButtons } from './host-order-buttons.js';
import { HostQueuesTab } from './host-queues-tab.js';
import { HostRules } from './host-rules.js';
import { HostSets } from './host-sets.js';
import { HostTimeline } from './host-timeline.js';

const EVERY_MS = 5000;
/** It is searched for among all hosts, which costs more; what it adds changes seldom. */
const ROW_EVERY_MS = 30_000;
const TABS = [
  ['held', 'Sent and reported'],
  ['timeline', 'Timeline'],
  ['rules', 'Rules'],
  ['sets', 'Sets'],
  ['queues', 'Queues'],
] as const;

/** One host, by id, hostkey or name. */
export function HostView({ host }: { host: string }) {
  const base = `/api/V2/host/${encodeURIComponent(host)}`;
  const drift = useAsked<HostDriftAnswer>(`${base}/drift`, { on: HOST_EVENTS, everyMs: EVERY_MS });
  const key = drift.value?.hostkey;
  const row = useAsked<HostPage>(
    key === undefined ? null : `/api/V2/fleet/hosts?limit=50&q=${encodeURIComponent(key.slice(0, 200))}`,
    {
      on: HOST_EVENTS,
      everyMs: ROW_EVERY_MS,
    },
  ).value?.hosts.find(({ hostkey }) => hostkey === key);
  const queues = useAsked<HostQueues>(`${base}/queues`);
  const tab = place.value.query.get('tab') ?? 'held';
  if (drift.failure?.status === 404)
    return (
      <Page title="Host">
        <Empty title="There is no such host">
          <a href={hrefOf(['hosts'])}>To all hosts</a>
        </Empty>
      </Page>
    );
  const { name } = drift.value ?? {};
  return (
    <Page
      title={typeof name === 'string' && name !== '' ? name : host}
      about={<a href={hrefOf(['hosts'])}>All hosts</a>}
      actions={<HostOrderButtons base={base} queues={queues.value} />}
    >
      <Loaded asked={drift}>
        {(found) => (
          <>
            <HostHead drift={found} row={row} />
            <Tabs
              label="Views of this host"
              tabs={TABS.map(([key, title]) => [
                key,
                title,
                hrefOf(['hosts', host], { tab: key === 'held' ? null : key }),
              ])}
              current={tab}
            />
            {tab === 'held' && <HeldNow drift={found} />}
            {tab === 'timeline' && <HostTimeline base={base} hostkey={found.hostkey} />}
            {tab === 'rules' && <HostRules drift={found} />}
            {tab === 'sets' && <HostSets drift={found} />}
            {tab === 'queues' && <HostQueuesTab base={base} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}
