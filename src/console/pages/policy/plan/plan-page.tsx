import { textOf } from '../../../../model/text-of.js';
import { useEffect } from 'preact/hooks';
import { discardDraft, draft, dropFromDraft } from '../../../draft/draft.js';
import { becomes, nameOf, type DraftEntry } from '../../../draft/draft-entry.js';
import { now } from '../../../live/now.js';
import { Badge } from '../../../parts/badge.js';
import { Button } from '../../../parts/button.js';
import { Card } from '../../../parts/card.js';
import { DataTable } from '../../../parts/data-table.js';
import { Empty } from '../../../parts/empty.js';
import { Page } from '../../../parts/page.js';
import { Problem } from '../../../parts/problem.js';
import { goTo, hrefOf } from '../../../route/route.js';
import { refusal } from '../../../draft/refusal.js';
import { documentHref } from '../document-href.js';
import { AppliedPlan } from './applied-plan.js';
import { ApplyCard } from './apply-card.js';
import { makePlan, movedOn, planState } from './plan-state.js';
import { PlanShown } from './plan-shown.js';

/** What the draft would do, and the way to do it. */
export function PlanPage() {
  const entries = draft.value;
  const current = planState.value;
  const made = 'of' in current ? current.of : undefined;
  useEffect(() => {
    // A plan of another draft than this is none.
    if (entries.length > 0 && made !== entries && planState.peek().state !== 'planning') void makePlan();
  }, [entries, made]);
  if (entries.length === 0)
    return (
      <Page title="Plan" about={<a href={hrefOf(['policy'])}>To the policy</a>}>
        {current.state === 'applied' ? (
          <AppliedPlan plan={current.plan} />
        ) : (
          <Empty title="There is nothing in the draft">
            Change a profile, zone, service, group or link: what you change is planned before it ships.
          </Empty>
        )}
      </Page>
    );
  const plan = current.state === 'planned' && made === entries ? current.plan : undefined;
  return (
    <Page
      title="Plan"
      about={<a href={hrefOf(['policy'])}>To the policy</a>}
      actions={
        <>
          <Button
            busy={current.state === 'planning'}
            onPress={() => {
              movedOn.value = [];
              void makePlan();
            }}
          >
            Plan again
          </Button>
          <Button
            onPress={() => {
              movedOn.value = [];
              discardDraft();
              goTo(['policy']);
            }}
          >
            Discard the draft
          </Button>
        </>
      }
    >
      <Moved />
      <Card title="Changes in the draft">
        <DataTable
          caption="Documents of the draft"
          rows={entries}
          keyOf={({ resource, id }) => `${resource} ${id}`}
          toneOf={(entry) => (isRefused(entry) ? 'bad' : 'none')}
          columns={[
            { key: 'becomes', title: 'It is', show: (entry) => <Badge tone="info">{becomes(entry)}</Badge> },
            { key: 'resource', title: 'What', show: ({ resource }) => resource },
            { key: 'name', title: 'Name', show: (entry) => <EntryName entry={entry} /> },
            {
              key: 'do',
              title: 'What can be done',
              show: (entry) => (
                <Button
                  kind="plain"
                  label={`Take back ${entry.resource} ${nameOf(entry)}`}
                  onPress={() => dropFromDraft(entry)}
                >
                  Take back
                </Button>
              ),
            },
          ]}
        />
      </Card>
      {current.state === 'planning' && (
        <p class="note row" role="status">
          <progress aria-label="Planning" /> Working out what hosts would get: {seconds(current.since)} s
        </p>
      )}
      {current.state === 'refused' && made === entries && <Problem failure={current.failure} />}
      {plan !== undefined && (
        <>
          <PlanShown plan={plan} />
          <ApplyCard key={plan.id} plan={plan} />
        </>
      )}
    </Page>
  );
}

function seconds(since: number): number {
  return Math.max(0, now.value - Math.floor(since / 1000));
}

function isRefused({ resource, id }: DraftEntry): boolean {
  return refusal.value?.resource === resource && refusal.value.id === id;
}

function EntryName({ entry }: { entry: DraftEntry }) {
  const fault = isRefused(entry) ? refusal.value?.faults[0] : undefined;
  return (
    <>
      <a href={documentHref(entry)}>{nameOf(entry)}</a>
      {fault !== undefined && (
        <>
          {' '}
          <span class="wrong-text">
            {fault.path.length > 0 &&
              `${fault.path.map((key) => (typeof key === 'number' ? key + 1 : key)).join(' › ')}: `}
            {fault.text}
          </span>
        </>
      )}
    </>
  );
}

/** What moved on since the plan before, so that nobody wonders why there is another. */
function Moved() {
  if (movedOn.value.length === 0) return null;
  return (
    <div class="note" data-tone="warn" role="status">
      Nothing was applied: this moved on since it was planned. Look at the new plan.
      <ul>
        {movedOn.value.slice(0, 10).map((one, at) => (
          <li key={at}>
            {textOf(one['table'] ?? one['kind'])} {textOf(one['name'] ?? one['id'])}{' '}
            {typeof one['error'] === 'string' && one['error']}
          </li>
        ))}
      </ul>
    </div>
  );
}
