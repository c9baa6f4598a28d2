import type { RolloutLine } from '../../../operations/rollouts/rollout-answers.js';
import type { RolloutState } from '../../../rollout/rollout.js';
import { useAsked } from '../../api/use-asked.js';
import { Badge } from '../../parts/badge.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { SelectField } from '../../parts/field.js';
import { FilterLink } from '../../parts/filter-link.js';
import { Loaded } from '../../parts/loaded.js';
import { Pager } from '../../parts/pager.js';
import { Ago } from '../../parts/time.js';
import { changeQuery, hrefOf, place } from '../../route/route.js';
import { ROLLOUT_STATES } from './rollout-states.js';

const LIMIT = 50;
const CHOICES: readonly (readonly [string, string])[] = [
  ['', 'all'],
  ...Object.entries(ROLLOUT_STATES).map(([state, { words }]) => [state, words] as const),
];

/** Rollouts, newest first. */
export function RolloutList() {
  const { query } = place.value;
  const [state, group, offset] = [query.get('state') ?? '', query.get('group'), Number(query.get('offset') ?? 0)];
  const asked = useAsked<readonly RolloutLine[]>(
    `/api/V2/rollouts${state === '' ? '' : `?${new URLSearchParams({ state })}`}`,
    { on: ['rollout_state'], everyMs: 10_000 },
  );
  return (
    <Card title="Changes, newest first">
      <div class="stack">
        <div class="filters">
          <SelectField
            label="State"
            value={state}
            choices={CHOICES}
            onValue={(chosen) => changeQuery({ state: chosen, offset: null })}
          />
          {group !== null && (
            <p class="small">
              Only of group <strong>{group}</strong>. <FilterLink by={{ group: null }}>Show all</FilterLink>
            </p>
          )}
        </div>
        <Loaded asked={asked}>
          {(all) => {
            const rollouts = group === null ? all : all.filter((one) => one.group === group);
            return rollouts.length === 0 ? (
              <Empty title={state === '' && group === null ? 'No change went in steps yet' : 'No rollout is like this'}>
                <a href={hrefOf(['rollouts'], { tab: 'policies' })}>
                  Give a group a policy, and its next change goes in steps
                </a>
              </Empty>
            ) : (
              <>
                <DataTable<RolloutLine>
                  caption="Rollouts"
                  columns={[
                    { key: 'group', title: 'Group', show: (one) => <RolloutName rollout={one} /> },
                    { key: 'state', title: 'State', show: (one) => <StateLink state={one.state} /> },
                    { key: 'step', title: 'Step', show: ({ step }) => step ?? <span class="quiet">none yet</span> },
                    { key: 'ahead', title: 'Hosts ahead', number: true, show: (one) => one.hosts_ahead },
                    { key: 'why', title: 'Why', show: ({ why }) => <span class="wrap">{why}</span> },
                    { key: 'author', title: 'Author', show: ({ author }) => author },
                    { key: 'at', title: 'Changed', show: (one) => <Ago at={one.changed_at} /> },
                  ]}
                  rows={rollouts.slice(offset, offset + LIMIT)}
                  keyOf={({ id }) => id}
                  toneOf={(one) => ROLLOUT_STATES[one.state].tone}
                />
                <Pager
                  offset={offset}
                  limit={LIMIT}
                  total={rollouts.length}
                  what="rollouts"
                  onMove={(to) => changeQuery({ offset: to === 0 ? null : to })}
                />
              </>
            );
          }}
        </Loaded>
      </div>
    </Card>
  );
}

function RolloutName({ rollout: { id, group, number } }: { rollout: RolloutLine }) {
  return (
    <span class="row tight">
      <a href={hrefOf(['rollouts', id])}>
        {group}, change {number}
      </a>
      <span class="small">
        <FilterLink by={{ group }} title={`Only rollouts of ${group}`}>
          only these
        </FilterLink>
      </span>
    </span>
  );
}

function StateLink({ state }: { state: RolloutState }) {
  const { tone, words } = ROLLOUT_STATES[state];
  return (
    <FilterLink by={{ state }}>
      <Badge tone={tone}>{words}</Badge>
    </FilterLink>
  );
}
