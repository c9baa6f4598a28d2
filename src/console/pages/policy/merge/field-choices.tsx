import type { Json } from '../../../../model/document.js';
import { Card } from '../../../parts/card.js';
import { DataTable } from '../../../parts/data-table.js';
import type { Choices } from './merge-documents.js';
import type { MergedField } from './merge-fields.js';
import type { Side } from './merge-rules.js';
import { SideChoice } from './side-choice.js';

export interface FieldChoicesProps {
  readonly fields: readonly MergedField[];
  readonly choices: Choices;
  readonly choose: (key: string, side: Side) => void;
}

/** Fields that one or both changed. */
export function FieldChoices({ fields, choices, choose }: FieldChoicesProps) {
  if (fields.length === 0) return null;
  return (
    <Card title="Fields">
      <DataTable<MergedField>
        caption="Fields that were changed"
        rows={fields}
        keyOf={({ field }) => field}
        toneOf={({ field, state }) => (state === 'conflict' && !choices.has(`field:${field}`) ? 'bad' : 'none')}
        columns={[
          { key: 'field', title: 'Field', show: ({ field }) => field.replaceAll('_', ' ') },
          { key: 'base', title: 'It was', show: ({ base }) => <Value value={base} /> },
          { key: 'theirs', title: 'Theirs', show: ({ theirs }) => <Value value={theirs} /> },
          { key: 'mine', title: 'Mine', show: ({ mine }) => <Value value={mine} /> },
          {
            key: 'take',
            title: 'Take',
            show: ({ field, state }) => (
              <SideChoice
                label={field}
                state={state}
                chosen={choices.get(`field:${field}`)}
                onChoose={(side) => choose(`field:${field}`, side)}
              />
            ),
          },
        ]}
      />
    </Card>
  );
}

/** Longest text of a value. */
const SHOWN = 400;

function Value({ value }: { value: Json | undefined }) {
  if (value === undefined) return <span class="quiet">absent</span>;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return <code class="wrap">{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</code>;
}
