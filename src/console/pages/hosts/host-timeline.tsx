import type { HeldPeriodView, HostHistory } from '../../../http/views/held-view.js';
import { useAsked } from '../../api/use-asked.js';
import { EventList } from '../../fleet/event-list.js';
import { lastEvents } from '../../live/last-events.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Time } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';
import { HOST_EVENTS } from '../../fleet/host-events.js';

const EVERY_MS = 10_000;

/** What a host held from when to when, and what happens to it as it happens. */
export function HostTimeline({ base, hostkey }: { base: string; hostkey: string }) {
  const asked = useAsked<HostHistory>(`${base}/history`, { on: HOST_EVENTS, everyMs: EVERY_MS });
  const mine = lastEvents.value.filter(({ data }) => data['hostkey'] === hostkey);
  return (
    <div class="two">
      <Card title="What it held">
        <Loaded asked={asked}>
          {({ periods }) =>
            periods.length === 0 ? (
              <Empty title="Nothing is known yet">Its next report that tells of its rules begins this list.</Empty>
            ) : (
              <DataTable
                caption="What the host held, newest first"
                columns={COLUMNS}
                rows={periods}
                keyOf={({ from }) => String(from)}
              />
            )
          }
        </Loaded>
      </Card>
      <Card title="What happens to it">
        <EventList
          label="Events of this host, newest first"
          events={mine}
          none="Nothing since this page was opened, and nothing lately."
        />
      </Card>
    </div>
  );
}

const COLUMNS = [
  { key: 'from', title: 'From', show: ({ from }: HeldPeriodView) => <Time at={from} /> },
  { key: 'to', title: 'Last heard with it', show: ({ to }: HeldPeriodView) => <Time at={to} /> },
  {
    key: 'revision',
    title: 'Rules',
    show: ({ group, revision }: HeldPeriodView) => (
      <>
        {revision === null ? (
          'no revision of its group that is kept'
        ) : (
          <a href={hrefOf(['groups', group], { tab: 'revisions', to: revision })}>revision {revision}</a>
        )}
        <span class="small quiet">of {group === '' ? 'no group' : group}</span>
      </>
    ),
  },
  {
    key: 'sets',
    title: 'Sets',
    show: ({ hashes }: HeldPeriodView) => (
      <code title={hashes.ipset_hash}>
        {hashes.ipset_hash === '' ? 'not told' : `${hashes.ipset_hash.slice(0, 12)}…`}
      </code>
    ),
  },
] as const;
