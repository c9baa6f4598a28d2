import type { PublishingQueue, RefusedTarget } from '../../../operations/now/publishing-answers.js';
import { Card } from '../../parts/card.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Ago } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';

const COLUMNS: readonly Column<RefusedTarget>[] = [
  { key: 'target', title: 'For', show: ({ target }) => <Target target={target} /> },
  { key: 'why', title: 'Why', show: ({ why }) => <span class="wrap">{why}</span> },
  { key: 'since', title: 'Since', show: ({ since }) => <Ago at={since} /> },
];

/** What the broker does not take, and whole exchanges that wait for that. */
export function RefusedTargets({ queue: { refused, refused_total, refused_exchanges } }: { queue: PublishingQueue }) {
  return (
    <Card title="Refused by the broker">
      {refused_exchanges.map(({ exchange, reason }) => (
        <p key={exchange} class="note" data-tone="bad">
          All messages to the exchange <code>{exchange}</code> wait: {reason}
        </p>
      ))}
      {refused.length > 0 ? (
        <DataTable
          caption="Targets whose messages the broker does not take, the oldest first"
          columns={COLUMNS}
          rows={refused}
          keyOf={({ target }) => target}
          toneOf={() => 'bad'}
        />
      ) : (
        refused_exchanges.length === 0 && <Empty title="The broker takes all that is sent" />
      )}
      {refused_total > refused.length && (
        <p class="quiet small">
          The oldest {refused.length} of {refused_total.toLocaleString()}.
        </p>
      )}
    </Card>
  );
}

/** Targets are such as `group/ID`, `host/HOSTKEY`, `host-sets/HOSTKEY`, `sets`. */
function Target({ target }: { target: string }) {
  const [, kind, key] = /^([^/]+)\/(.+)$/.exec(target) ?? [];
  if (kind === 'group' && key !== undefined) return <a href={hrefOf(['groups', key])}>{target}</a>;
  if (kind?.startsWith('host') === true && key !== undefined)
    return <a href={hrefOf(['hosts'], { q: key })}>{target}</a>;
  return <>{target === 'sets' ? 'Sets of all hosts' : target}</>;
}
