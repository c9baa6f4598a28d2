import { textOf } from '../../../../model/text-of.js';
import type { PlanAnswer } from '../../../../http/plans/plan-answers.js';
import type { JudgementRow } from '../../../../http/views/judgement-row.js';
import { Badge } from '../../../parts/badge.js';
import { Card } from '../../../parts/card.js';
import { DataTable } from '../../../parts/data-table.js';
import { WitnessLine } from '../../connections/witness-line.js';

const TONES = { holds: 'ok', broken: 'bad', unknown: 'warn' } as const;

/** How assertions and guards stand before and after; those that stay as they are in one line. */
export function Judged({ plan }: { plan: Pick<PlanAnswer, 'assertions' | 'guards'> }) {
  const all = [...plan.assertions, ...plan.guards];
  const telling = all.filter(({ before, after }) => before !== after || after !== 'holds');
  const quiet = all.length - telling.length;
  return (
    <Card title="Assertions and guards">
      {telling.length > 0 && (
        <DataTable<JudgementRow>
          caption="Assertions and guards that do not simply hold"
          rows={telling}
          keyOf={(one) => `${one.id} ${textOf(one['group'])}`}
          toneOf={({ after }) => (after === 'broken' ? 'bad' : 'none')}
          columns={[
            {
              key: 'name',
              title: 'Name',
              show: (one) => (
                <>
                  {one.name} {typeof one['group'] === 'string' && <span class="quiet">of group {one['group']}</span>}
                </>
              ),
            },
            { key: 'before', title: 'Before', show: ({ before }) => <Badge tone={TONES[before]}>{before}</Badge> },
            { key: 'after', title: 'After', show: ({ after }) => <Badge tone={TONES[after]}>{after}</Badge> },
            { key: 'mode', title: 'Mode', show: ({ mode }) => mode },
            {
              key: 'why',
              title: 'Shown by',
              show: ({ witness, reason }) => (witness === null ? (reason ?? '') : <WitnessLine witness={witness} />),
            },
          ]}
        />
      )}
      <p class="quiet small">
        {all.length === 0
          ? 'Nothing is asserted about these groups yet: ask who may talk to whom, and save the answer as an assertion.'
          : quiet > 0 && `${quiet} ${quiet === 1 ? 'holds' : 'hold'} before and after.`}
      </p>
    </Card>
  );
}
