import type { RolloutPolicyAnswer } from '../../../operations/rollouts/rollout-answers.js';
import { stepText } from '../../../rollout/rollout-policy.js';
import { useAsked } from '../../api/use-asked.js';
import { Badge } from '../../parts/badge.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Pager } from '../../parts/pager.js';
import { QueryField } from '../../parts/query-field.js';
import { changeQuery, hrefOf, place } from '../../route/route.js';

const LIMIT = 50;

/** How changes of each group reach its hosts. */
export function PolicyList() {
  const { query } = place.value;
  const [q, offset] = [(query.get('q') ?? '').toLowerCase(), Number(query.get('offset') ?? 0)];
  const asked = useAsked<readonly RolloutPolicyAnswer[]>('/api/V2/rollout-policies', { on: ['policy_edit'] });
  return (
    <Card title="Policies of groups">
      <div class="stack">
        <div class="filters">
          <QueryField search label="Group" name="q" />
        </div>
        <Loaded asked={asked}>
          {(all) => {
            const groups = all.filter(({ group }) => group.toLowerCase().includes(q));
            return groups.length === 0 ? (
              <Empty title={all.length === 0 ? 'There are no groups yet' : 'No group has this in its name'} />
            ) : (
              <>
                <DataTable<RolloutPolicyAnswer>
                  caption="Rollout policies of groups"
                  columns={[
                    {
                      key: 'group',
                      title: 'Group',
                      show: ({ group_id: id, group }) => <a href={hrefOf(['rollouts', 'policy', id])}>{group}</a>,
                    },
                    {
                      key: 'own',
                      title: 'Policy',
                      show: ({ own, used }) =>
                        own !== null ? (
                          <Badge tone="info">its own</Badge>
                        ) : (
                          <Badge>{used === null ? 'none' : 'of the configuration'}</Badge>
                        ),
                    },
                    {
                      key: 'steps',
                      title: 'Its changes go',
                      show: ({ used }) =>
                        used === null ? 'to all hosts at once' : used.steps.map(stepText).join(', then '),
                    },
                  ]}
                  rows={groups.slice(offset, offset + LIMIT)}
                  keyOf={({ group_id: id }) => id}
                />
                <Pager
                  offset={offset}
                  limit={LIMIT}
                  total={groups.length}
                  what="groups"
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
