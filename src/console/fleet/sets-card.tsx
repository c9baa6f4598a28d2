import type { SetOf } from '../../operations/fleet-pages.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { changeQuery, place } from '../route/route.js';
import { policyHref } from './policy-href.js';
import { SetContents } from './set-contents.js';

/** Sets that rules name; what one holds is asked for when somebody wants to see it. */
export function SetsCard({ sets }: { sets: readonly SetOf[] }) {
  const open = place.value.query.get('set');
  if (sets.length === 0) return <Empty title="Its rules name no sets" />;
  return (
    <div class="stack">
      <Card title="Sets that the rules name">
        <DataTable
          caption="Sets that the rules name"
          columns={[
            { key: 'name', title: 'Set', show: ({ name }) => <code>{name}</code> },
            { key: 'of', title: 'Addresses of', show: (set) => <Of set={set} /> },
            { key: 'family', title: 'Family', show: ({ family }) => (family === 'v4' ? 'IPv4' : 'IPv6') },
            {
              key: 'count',
              title: 'Addresses',
              number: true,
              show: ({ count }) => count?.toLocaleString() ?? 'not published',
            },
            {
              key: 'show',
              title: 'Contents',
              show: ({ name }) => (
                <Button
                  kind="plain"
                  label={`${name === open ? 'Hide' : 'Show'} what ${name} holds`}
                  expanded={name === open}
                  onPress={() => changeQuery({ set: name === open ? null : name })}
                >
                  {name === open ? 'Hide' : 'Show'}
                </Button>
              ),
            },
          ]}
          rows={sets}
          keyOf={({ name }) => name}
          toneOf={({ count }) => (count === null ? 'warn' : 'none')}
        />
      </Card>
      {open !== null && open !== '' && <SetContents key={open} name={open} />}
    </div>
  );
}

function Of({ set: { of, id, label } }: { set: SetOf }) {
  const href = id === null ? null : policyHref(of, id);
  const text = `${of} ${label}`;
  return href === null ? <>{text}</> : <a href={href}>{text}</a>;
}
