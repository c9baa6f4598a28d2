import type { PlanAnswer } from '../../../../http/plans/plan-answers.js';
import { Card } from '../../../parts/card.js';
import { hrefOf } from '../../../route/route.js';

/** That a plan was applied, and where to see it arrive. */
export function AppliedPlan({ plan }: { plan: PlanAnswer }) {
  return (
    <Card title="Applied">
      <div class="stack">
        <p class="note" data-tone="ok" role="status">
          It is written.{' '}
          {plan.hosts_touched === 0 ? 'No host gets anything.' : `${plan.hosts_touched} hosts get it now.`}
        </p>
        <ul>
          {plan.stores.map(({ table, id, name, becomes }) => (
            <li key={`${table} ${id}`}>
              {becomes} {table} {name || id}
            </li>
          ))}
        </ul>
        {plan.groups.length > 0 && (
          <p>
            See it arrive:{' '}
            {plan.groups.slice(0, 20).map(({ id, name }, at) => (
              <>
                {at > 0 && ', '}
                <a href={hrefOf(['groups', id])}>group {name}</a>
              </>
            ))}
            , <a href={hrefOf(['rollouts'])}>rollouts</a>
          </p>
        )}
      </div>
    </Card>
  );
}
