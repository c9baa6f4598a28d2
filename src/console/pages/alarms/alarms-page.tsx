import type { Alarm } from '../../../alarms/alarm-book.js';
import { useAsked } from '../../api/use-asked.js';
import { Badge } from '../../parts/badge.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { FeedBadge } from '../../parts/feed-badge.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Ago, Time } from '../../parts/time.js';
import { adviceOf } from './alarm-advice.js';
import { AlarmPlace } from './alarm-place.js';
import type { PastAlarm } from './past-alarms.js';
import { alarmFeed, usePastAlarms } from './use-past-alarms.js';

/** What is wrong as long as it lasts, what to do about it, and what was wrong. */
export default function AlarmsPage() {
  const alarms = useAsked<readonly Alarm[]>('/api/V2/alarms', { on: ['alarm_set', 'alarm_cleared'], everyMs: 15_000 });
  const past = usePastAlarms();
  return (
    <Page title="Alarms" about="What is wrong as long as it lasts. Each ends by itself once its cause is gone.">
      <Card title="Set now">
        <Loaded asked={alarms}>
          {(list) =>
            list.length === 0 ? (
              <Empty title="No alarm is set">Nothing needs to be done here.</Empty>
            ) : (
              <ul class="alarms" aria-label="Alarms that are set">
                {list.map((alarm) => (
                  <SetAlarm key={alarm.id} alarm={alarm} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Card>
      <Card title="Lately" actions={<FeedBadge feed={alarmFeed} />}>
        {past.length === 0 ? (
          <Empty title="No alarm was set or cleared lately">
            As far back as this server keeps what happened; alarms that come and go are listed here.
          </Empty>
        ) : (
          <DataTable<PastAlarm>
            caption="Alarms that were set and cleared, newest first"
            columns={[
              { key: 'alarm', title: 'Alarm', show: ({ alarm }) => <span class="mono wrap">{alarm}</span> },
              { key: 'from', title: 'Set', show: ({ from }) => <Time at={from} none="earlier" /> },
              {
                key: 'until',
                title: 'Over',
                show: ({ until }) => (until === null ? <Badge tone="bad">is set</Badge> : <Time at={until} />),
              },
              { key: 'text', title: 'What it said', show: ({ text }) => <span class="wrap">{text}</span> },
            ]}
            rows={past}
            keyOf={({ alarm, from, until }) => `${alarm} ${from ?? ''} ${from === null ? (until ?? '') : ''}`}
          />
        )}
      </Card>
    </Page>
  );
}

function SetAlarm({ alarm: { id, since, text } }: { alarm: Alarm }) {
  const advice = adviceOf(id);
  return (
    <li>
      <div class="row spread">
        <h3 class="mono wrap">{id}</h3>
        <span class="row tight">
          <Badge tone="bad">set</Badge>
          <Ago at={since} />
        </span>
      </div>
      <p class="wrap">{text}</p>
      {advice !== undefined && (
        <dl class="pairs small">
          <dt>What it means</dt>
          <dd>{advice.means}</dd>
          <dt>What to do</dt>
          <dd>
            {advice.todo} <AlarmPlace alarm={id} />
          </dd>
        </dl>
      )}
    </li>
  );
}
