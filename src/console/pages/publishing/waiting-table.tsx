import type { PublishingQueue, WaitingToPublish } from '../../../operations/now/publishing-answers.js';
import { Badge } from '../../parts/badge.js';
import { Card } from '../../parts/card.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Ago } from '../../parts/time.js';
import type { Tone } from '../../parts/tone.js';
import { hrefOf } from '../../route/route.js';

const STATES: Readonly<Record<WaitingToPublish['state'], readonly [string, Tone, string]>> = {
  debouncing: [
    'soon',
    'info',
    'It goes out when nothing changes for a moment, or the interval since the last one is over',
  ],
  'waiting for room': ['waits for room', 'warn', 'The outbox has all that it may hold'],
  held: ['held', 'warn', 'It goes out when what holds it is over'],
};

const COLUMNS: readonly Column<WaitingToPublish>[] = [
  { key: 'what', title: 'What', show: (row) => <What row={row} /> },
  {
    key: 'state',
    title: 'State',
    show: ({ state }) => {
      const [word, tone, title] = STATES[state];
      return (
        <Badge tone={tone} title={title}>
          {word}
        </Badge>
      );
    },
  },
  { key: 'held', title: 'Why', show: ({ state, held }) => held ?? <span class="quiet">{STATES[state][2]}</span> },
  {
    key: 'since',
    title: 'Since',
    show: ({ since }) => (
      <span class="no-break">
        <Ago at={since} none="not known" />
      </span>
    ),
  },
];

/** Rulesets and sets that are not in the outbox yet, and why not. */
export function WaitingTable({ queue: { waiting, waiting_total } }: { queue: PublishingQueue }) {
  return (
    <Card title="Waiting and held">
      {waiting.length === 0 ? (
        <Empty title="Nothing waits">All that was compiled is with the broker, or on its way there.</Empty>
      ) : (
        <DataTable
          caption="Rulesets and sets that wait, the oldest first"
          columns={COLUMNS}
          rows={waiting}
          keyOf={({ what, group_id }) => `${what} ${group_id ?? ''}`}
          toneOf={({ state }) => (state === 'debouncing' ? 'none' : 'warn')}
        />
      )}
      {waiting_total > waiting.length && (
        <p class="quiet small">
          The oldest {waiting.length} of {waiting_total.toLocaleString()}.
        </p>
      )}
    </Card>
  );
}

function What({ row: { what, group_id, group } }: { row: WaitingToPublish }) {
  if (group_id === null) return <>Sets of all hosts</>;
  return (
    <>
      {what === 'sets' ? 'Sets' : 'Ruleset'} of <a href={hrefOf(['groups', group_id])}>{group ?? group_id}</a>
    </>
  );
}
