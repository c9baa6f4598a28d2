import { useState } from 'preact/hooks';
import type { PlanAnswer } from '../../../../http/plans/plan-answers.js';
import { Badge } from '../../../parts/badge.js';
import { Card } from '../../../parts/card.js';
import { DataTable } from '../../../parts/data-table.js';
import { Empty } from '../../../parts/empty.js';
import { Pager } from '../../../parts/pager.js';
import { Tile } from '../../../parts/tile.js';
import { Judged } from './judged.js';
import { PlanGroup } from './plan-group.js';

/** Groups that are shown at once, and how many of them with the lines that differ. */
const GROUPS = 20;
const GROUPS_OPEN = 5;

/** What a plan would do, from the documents to what opens and closes on hosts. */
export function PlanShown({ plan }: { plan: PlanAnswer }) {
  const [offset, setOffset] = useState(0);
  if (plan.stores.length === 0)
    return <Empty title="Nothing would change">The documents are as the draft wants them already.</Empty>;
  const count = (key: 'opens' | 'closes' | 'changes') => plan.groups.reduce((sum, group) => sum + group[key].length, 0);
  const broken = [...plan.assertions, ...plan.guards].filter(
    ({ before, after }) => after !== 'holds' && before !== after,
  );
  return (
    <>
      <div class="tiles">
        <Tile label="Documents written" value={plan.stores.length} />
        <Tile label="Hosts that get something" value={plan.hosts_touched.toLocaleString()} />
        <Tile
          label="Opens"
          value={count('opens')}
          tone={count('opens') > 0 ? 'warn' : 'none'}
          note="kinds of traffic"
        />
        <Tile
          label="Closes"
          value={count('closes')}
          tone={count('closes') > 0 ? 'warn' : 'none'}
          note="kinds of traffic"
        />
        <Tile label="Changes otherwise" value={count('changes')} note="kinds of traffic" />
        <Tile
          label="Breaks"
          value={broken.length}
          tone={broken.length > 0 ? 'bad' : 'ok'}
          note="assertions and guards"
        />
      </div>
      {plan.warnings.length > 0 && (
        <Card title="Warnings">
          <ul>
            {plan.warnings.map((warning, at) => (
              <li key={at}>
                {warning.message} <code>{warning.code}</code>{' '}
                <code class="quiet wrap">{JSON.stringify(warning.where)}</code>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Judged plan={plan} />
      {plan.groups.length === 0 ? (
        <Card title="Groups">
          <p>No group would get other rules.</p>
        </Card>
      ) : (
        <>
          {plan.groups.slice(offset, offset + GROUPS).map((group, at) => (
            <PlanGroup key={group.id} group={group} open={at < GROUPS_OPEN} />
          ))}
          {plan.groups.length > GROUPS && (
            <Pager offset={offset} limit={GROUPS} total={plan.groups.length} what="groups" onMove={setOffset} />
          )}
        </>
      )}
      {plan.sets.length > 0 && (
        <Card title="Sets">
          <DataTable
            caption="Sets whose addresses would be others"
            rows={plan.sets}
            keyOf={({ name }) => name}
            columns={[
              { key: 'name', title: 'Set', show: ({ name }) => <code>{name}</code> },
              {
                key: 'added',
                title: 'Added',
                show: ({ added, added_count: all }) => <Addresses list={added} all={all} sign="+" />,
              },
              {
                key: 'removed',
                title: 'Removed',
                show: ({ removed, removed_count: all }) => <Addresses list={removed} all={all} sign="−" />,
              },
            ]}
          />
        </Card>
      )}
      <Card title="Documents">
        <DataTable
          caption="Documents that would be written or removed"
          rows={plan.stores}
          keyOf={({ table, id }) => `${table} ${id}`}
          columns={[
            { key: 'becomes', title: 'It is', show: ({ becomes }) => <Badge tone="info">{becomes}</Badge> },
            { key: 'table', title: 'What', show: ({ table }) => table },
            { key: 'name', title: 'Name', show: ({ name, id }) => name || id },
          ]}
        />
      </Card>
    </>
  );
}

function Addresses({ list, all, sign }: { list: readonly string[]; all: number; sign: string }) {
  if (all === 0) return <span class="quiet">none</span>;
  return (
    <span class="wrap">
      {list.map((address) => (
        <>
          <code>
            {sign}
            {address}
          </code>{' '}
        </>
      ))}
      {all > list.length && <span class="quiet">and {(all - list.length).toLocaleString()} more</span>}
    </span>
  );
}
