import type { JsonObject } from '../../../../model/document.js';
import { counted } from '../../../../model/counted.js';
import { Badge } from '../../../parts/badge.js';
import { Card } from '../../../parts/card.js';
import { DataTable } from '../../../parts/data-table.js';
import { ruleText } from '../rules/rule-words.js';
import type { Names } from '../use-names.js';
import type { Choices } from './merge-documents.js';
import type { MergedRule, RuleMerge, Side } from './merge-rules.js';
import { SideChoice } from './side-choice.js';

export interface RuleChoicesProps {
  readonly direction: 'inbound' | 'outbound';
  readonly merge: RuleMerge | undefined;
  readonly choices: Choices;
  readonly choose: (key: string, side: Side) => void;
  readonly names: Names;
}

const WHO = {
  same: '',
  theirs: 'They moved rules to other places.',
  mine: 'You moved rules to other places.',
  conflict: 'Both of you moved rules.',
};

/** Rules that one or both changed, added or removed, and whose order is taken. */
export function RuleChoices({ direction, merge, choices, choose, names }: RuleChoicesProps) {
  if (merge === undefined) return null;
  const changed = merge.rules.filter(({ state }) => state !== 'same');
  if (changed.length === 0 && merge.order === 'same') return null;
  const place = (one: MergedRule) => merge.rules.indexOf(one) + 1;
  return (
    <Card title={`${direction === 'inbound' ? 'Inbound' : 'Outbound'} rules`}>
      <div class="stack">
        {merge.order !== 'same' && (
          <div class="row">
            <span>{WHO[merge.order]}</span>
            {merge.order === 'conflict' && (
              <SideChoice
                label={`the order of ${direction} rules`}
                state="conflict"
                chosen={choices.get(`order:${direction}`)}
                onChoose={(side) => choose(`order:${direction}`, side)}
              />
            )}
          </div>
        )}
        <DataTable<MergedRule>
          caption={`${direction} rules that were changed`}
          rows={changed}
          keyOf={({ key }) => key}
          toneOf={({ key, state }) => (state === 'conflict' && !choices.has(`${direction}:${key}`) ? 'bad' : 'none')}
          columns={[
            { key: 'at', title: '#', number: true, show: place },
            { key: 'state', title: 'Changed by', show: ({ state }) => <Badge tone={TONES[state]}>{BY[state]}</Badge> },
            { key: 'base', title: 'It was', show: ({ base }) => <Rule rule={base} none="not there" names={names} /> },
            {
              key: 'theirs',
              title: 'Theirs',
              show: ({ theirs, base }) => <Rule rule={theirs} none={absent(base)} names={names} />,
            },
            {
              key: 'mine',
              title: 'Mine',
              show: ({ mine, base }) => <Rule rule={mine} none={absent(base)} names={names} />,
            },
            {
              key: 'take',
              title: 'Take',
              show: (one) => (
                <SideChoice
                  label={`${direction} rule ${place(one)}`}
                  state={one.state}
                  chosen={choices.get(`${direction}:${one.key}`)}
                  onChoose={(side) => choose(`${direction}:${one.key}`, side)}
                />
              ),
            },
          ]}
        />
        <p class="quiet small">{counted(merge.rules.length - changed.length, 'other rule')} not changed.</p>
      </div>
    </Card>
  );
}

const TONES = { same: 'none', theirs: 'info', mine: 'info', both: 'info', conflict: 'bad' } as const;
const BY = { same: 'nobody', theirs: 'them', mine: 'you', both: 'both', conflict: 'both' };

function absent(base: JsonObject | null): string {
  return base === null ? 'not there' : 'removed';
}

function Rule({ rule, none, names }: { rule: JsonObject | null; none: string; names: Names }) {
  return rule === null ? <span class="quiet">{none}</span> : <span class="small">{ruleText(rule, names)}</span>;
}
