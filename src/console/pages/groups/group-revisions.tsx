import { useState } from 'preact/hooks';
import type { RevisionsAnswer } from '../../../http/views/revision-view.js';
import type { GroupRow } from '../../../operations/fleet-pages.js';
import { useAsked } from '../../api/use-asked.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { SelectField } from '../../parts/field.js';
import { Loaded } from '../../parts/loaded.js';
import { changeQuery, place } from '../../route/route.js';
import { HoldDialog } from './hold-dialog.js';
import { revisionColumns } from './revision-columns.js';
import { RevisionDifference } from './revision-difference.js';

/** What was published to a group, revision by revision, and how two of them differ. */
export function GroupRevisions({ row, onChange }: { row: GroupRow; onChange: () => void }) {
  const [holding, setHolding] = useState<number | undefined>(undefined);
  const base = `/api/V2/group/${encodeURIComponent(row.id)}/revisions`;
  const asked = useAsked<RevisionsAnswer>(base, { on: ['ruleset_published', 'policy_edit'] });
  const changed = () => {
    onChange();
    asked.again();
  };
  return (
    <>
      <Loaded asked={asked}>{(answer) => <Shown answer={answer} base={base} onHold={setHolding} />}</Loaded>
      {holding !== undefined && (
        <HoldDialog group={row} number={holding} onDone={changed} onClose={() => setHolding(undefined)} />
      )}
    </>
  );
}

function Shown({
  answer: { revisions },
  base,
  onHold,
}: {
  answer: RevisionsAnswer;
  base: string;
  onHold: (number: number) => void;
}) {
  const numbers = revisions.map(({ number }) => number);
  const [newest] = numbers;
  if (newest === undefined)
    return (
      <Empty title="There is no revision yet">
        The first one is kept when the broker has confirmed the group’s rules.
      </Empty>
    );
  const { query } = place.value;
  const to = Number(query.get('to') ?? newest);
  const from = Number(query.get('from') ?? numbers.find((number) => number < to) ?? to);
  // One that was linked to may be older than those that are listed.
  const choices = [...new Set([...numbers, to, from])]
    .sort((a, b) => b - a)
    .map((number) => [String(number), `revision ${number}`] as const);
  return (
    <>
      <Card title="Revisions">
        <DataTable
          caption="Revisions, newest first"
          columns={revisionColumns(onHold)}
          rows={revisions}
          keyOf={({ number }) => String(number)}
          toneOf={({ pinned }) => (pinned ? 'warn' : 'none')}
        />
      </Card>
      <Card title="How two of them differ">
        <div class="filters">
          <SelectField
            label="From"
            value={String(from)}
            choices={choices}
            onValue={(value) => changeQuery({ from: value })}
          />
          <SelectField
            label="To"
            value={String(to)}
            choices={choices}
            onValue={(value) => changeQuery({ to: value })}
          />
        </div>
        {from === to ? (
          <Empty
            title={
              numbers.length < 2
                ? 'There is only one revision: the next edit makes another'
                : 'Choose two different ones'
            }
          />
        ) : (
          <RevisionDifference key={`${from}-${to}`} path={`${base}/diff?from=${from}&to=${to}`} />
        )}
      </Card>
    </>
  );
}
